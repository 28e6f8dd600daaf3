package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.grpc.GrpcCall;
import dev.naru.grpc.ProtoFields;
import java.io.IOException;

/** moby.buildkit.v1.frontend.LLBBridge for frontends that run at the client. */
final class BridgeService {
    private final Builds builds;

    BridgeService(Builds builds) {
        this.builds = requireNonNull(builds, "builds");
    }

    void serve(GrpcCall call) throws IOException, InterruptedException {
        String method = call.path().substring(call.path().lastIndexOf('/') + 1);
        if (method.equals("ExecProcess")) {
            Build build = builds.get(call.metadata().get("buildkit-controlapi-buildid", ""));
            new ContainerTalk(call, build, build.containers()).run();
            return;
        }
        ProtoFields request = call.request();
        if (method.equals("Ping")) {
            call.send(BuildWorker.pong());
            return;
        }
        Build build = builds.get(call.metadata().get("buildkit-controlapi-buildid", ""));
        try {
            call.send(new BridgeCalls(build, new ClientFrontend(build)).answer(method, request));
        } catch (NaruException failure) {
            throw build.failure(failure);
        }
    }
}
