package dev.naru.buildkit;

import dev.naru.grpc.GrpcException;
import dev.naru.grpc.ProtoFields;
import java.util.Map;

/** A frontend while it runs: which trees it may name, and where its result goes. */
interface RunningFrontend {
    /** It has been told of a tree. */
    void told(String tree);

    /**
     * Checks that it may name a tree.
     *
     * @throws GrpcException NOT_FOUND for one that it was never told of
     */
    String known(String tree);

    /** Definitions of trees that it may use, by name. */
    Map<String, ProtoFields> inputs();

    /** What it runs by itself. */
    FrontendContainers containers();

    /** How many frontends it was started by, one by the other. */
    int depth();

    /** It has a result. */
    void finish(Build.Outcome result);

    /** It has failed. */
    void refuse(GrpcException failure);
}
