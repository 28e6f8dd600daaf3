package dev.naru.api;

import dev.naru.http.ListenAddress;

/** Serves the echo engine for a look with other clients: {@code EchoServer unix:///tmp/x.sock}. */
final class EchoServer {
    private EchoServer() {}

    public static void main(String[] arguments) throws InterruptedException {
        try (var server = new ApiServer(new EchoEngine(), ApiOptions.of("0"))) {
            server.listen(ListenAddress.parse(arguments[0], null, null));
            Thread.sleep(Long.MAX_VALUE);
        }
    }
}
