package dev.naru.api;

import dev.naru.http.Headers;
import dev.naru.http.HttpConnection;
import dev.naru.http.ListenAddress;
import dev.naru.http.Response;
import dev.naru.http.Transports;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The API in front of an engine of echoes, on a socket of its own. */
final class ApiFixture implements AutoCloseable {
    final EchoEngine engine = new EchoEngine();
    final Path directory;
    final Path socket;
    private final ApiServer server;

    ApiFixture() throws IOException {
        directory = Files.createTempDirectory("naru-api");
        socket = directory.resolve("s");
        server = new ApiServer(engine, ApiOptions.of("test"));
        server.listen(new ListenAddress.Unix(socket, null));
    }

    HttpConnection connect() throws IOException {
        return new HttpConnection(Transports.unix(socket));
    }

    Reply get(String target) throws IOException {
        return send("GET", target, new Headers(), "");
    }

    Reply post(String target, String json) throws IOException {
        return send("POST", target, new Headers().add("Content-Type", "application/json"), json);
    }

    Reply send(String method, String target, Headers headers, String body) throws IOException {
        try (HttpConnection connection = connect()) {
            Response response = connection.send(method, target, headers, body.getBytes(StandardCharsets.UTF_8));
            return new Reply(
                    response.status(),
                    response.headers(),
                    new String(response.body().readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** A whole answer. */
    record Reply(int status, Headers headers, String body) {
        /** Status and body in one text. */
        String text() {
            return status + " " + body.strip();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        Files.deleteIfExists(socket);
        Files.delete(directory);
    }
}
