package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import dev.naru.grpc.GrpcCall;
import dev.naru.grpc.GrpcException;
import dev.naru.grpc.Metadata;
import dev.naru.grpc.ProtoFields;
import dev.naru.grpc.ProtoWriter;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** A build whose frontend this client calls, so that it sees the result's definition before the result is exported. */
final class BuildBridge {
    private static final String BRIDGE = "/moby.buildkit.v1.frontend.LLBBridge/";

    private final BuildkitConnection connection;
    private final String reference;

    BuildBridge(BuildkitConnection connection, String reference) {
        this.connection = requireNonNull(connection, "connection");
        this.reference = requireNonNull(reference, "reference");
    }

    Map<String, String> run(BuildRequest request, BuildRun.Dependents dependents)
            throws IOException, InterruptedException {
        var build = new FutureTask<>(() -> connection
                .channel()
                .call("/moby.buildkit.v1.Control/Solve", request.bridged(reference, connection.sessionId())));
        Thread.ofVirtual().name("naru-build").start(build);
        try {
            ProtoFields result = call("Solve", request.frontend()).message(3);
            dependents.solved(result);
            call("Return", new ProtoWriter().element(1, result.toBytes()));
        } catch (GrpcException failure) {
            call("Return", new ProtoWriter().message(2, refusal(failure)));
            throw failure;
        }
        try {
            Map<String, String> answer = build.get().map(1);
            dependents.await();
            return answer;
        } catch (ExecutionException failure) {
            switch (failure.getCause()) {
                case GrpcException refused -> throw refused;
                case IOException gone -> throw gone;
                case null, default -> throw new IllegalStateException(failure);
            }
        }
    }

    /** Begins a build of which only the bridge's calls are wanted. */
    void begin() {
        var request = new ProtoWriter().text(1, reference).text(5, connection.sessionId());
        Thread.ofVirtual().name("naru-build").start(() -> {
            try {
                connection.channel().call("/moby.buildkit.v1.Control/Solve", request);
            } catch (IOException | GrpcException ended) {
                // The calls of the bridge tell of it.
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Ends what was begun, without a result. */
    void end() {
        try {
            call("Return", new ProtoWriter().message(1, new ProtoWriter()));
        } catch (IOException | GrpcException ended) {
            // It is over in any case.
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /** google.rpc.Status */
    private static ProtoWriter refusal(GrpcException failure) {
        return new ProtoWriter().number(1, failure.status().number()).text(2, String.valueOf(failure.getMessage()));
    }

    ProtoFields call(String method, ProtoWriter request) throws IOException, InterruptedException {
        var fields = new Metadata().add("buildkit-controlapi-buildid", reference);
        try (GrpcCall call = connection.channel().open(BRIDGE + method, fields)) {
            call.send(request);
            call.end();
            byte[] answer = call.receive();
            return ProtoFields.of(answer == null ? new byte[0] : answer);
        }
    }
}
