package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import dev.naru.grpc.GrpcException;
import dev.naru.grpc.ProtoFields;
import java.util.Map;

/** A build's own client as its frontend. It may name all of the build's trees, and its result is the build's. */
record ClientFrontend(Build build) implements RunningFrontend {
    ClientFrontend {
        requireNonNull(build, "build");
    }

    @Override
    public void told(String tree) {
        // The build knows all of them.
    }

    @Override
    public String known(String tree) {
        return tree;
    }

    @Override
    public Map<String, ProtoFields> inputs() {
        return Map.of();
    }

    @Override
    public FrontendContainers containers() {
        return build.containers();
    }

    @Override
    public int depth() {
        return 0;
    }

    @Override
    public void finish(Build.Outcome result) {
        build.finish(result);
    }

    @Override
    public void refuse(GrpcException failure) {
        build.refuse(failure);
    }
}
