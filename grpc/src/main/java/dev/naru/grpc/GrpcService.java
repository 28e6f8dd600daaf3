package dev.naru.grpc;

import java.io.IOException;

/** Answers calls, each on its own virtual thread, which is interrupted when the client gives the call up. */
@FunctionalInterface
public interface GrpcService {
    /**
     * Answers one call; when it returns, the call ends with OK.
     *
     * @throws GrpcException the call's other outcome; a NaruException is turned into one by its kind
     * @throws IOException when the call broke off
     * @throws InterruptedException when the client gave the call up
     */
    void serve(GrpcCall call) throws IOException, InterruptedException;

    /** For a path that no service has. */
    static GrpcException unknown(String path) {
        return new GrpcException(GrpcStatus.UNIMPLEMENTED, "unknown method " + path);
    }
}
