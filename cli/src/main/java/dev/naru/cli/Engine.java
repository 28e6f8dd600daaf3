package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import dev.naru.client.ApiException;
import dev.naru.client.NaruClient;
import dev.naru.http.Headers;
import dev.naru.http.Hijacked;
import dev.naru.http.Transport;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The engine that commands talk to. Threads may share it. Each call throws {@link EngineRefusal} when the engine says no,
 * and {@link CliException} when it cannot be reached.
 */
final class Engine implements AutoCloseable {
    private final NaruClient client;
    private final @Nullable PrintStream trace;

    /** @param trace where each request is told; null for nowhere */
    Engine(NaruClient client, @Nullable PrintStream trace) {
        this.client = requireNonNull(client, "client");
        this.trace = trace;
    }

    private void tell(String method, Object target) {
        if (trace != null) {
            trace.println("DEBUG " + method + " " + target);
        }
    }

    /**
     * Makes a request.
     *
     * @param target path and query, encoded, without version
     * @param json the JSON body, or null for none
     */
    Reply send(String method, Object target, @Nullable String json) {
        return send(method, target, new Headers(), json);
    }

    /** Makes a request with header fields of its own. */
    Reply send(String method, Object target, Headers headers, @Nullable String json) {
        tell(method, target);
        return new Reply(refusing(() -> client.call(method, target.toString(), headers, bytes(json))));
    }

    /** Makes a request whose body is a stream. */
    Reply upload(String method, Object target, String contentType, InputStream body) {
        return upload(method, target, new Headers().add("Content-Type", contentType), body);
    }

    /** Makes a request whose body is a stream, with header fields of its own. */
    Reply upload(String method, Object target, Headers headers, InputStream body) {
        tell(method, target);
        return new Reply(refusing(() -> client.send(method, target.toString(), headers, body)));
    }

    /** Turns a connection into a two-way stream. */
    Hijacked hijack(Object target, @Nullable String json) {
        tell("POST", target);
        return refusing(() -> client.hijack(target.toString(), bytes(json)));
    }

    /** A connection on which nothing was sent yet. */
    Transport dial() {
        return refusing(client::dial);
    }

    /** The API version in use; asks the engine for its own at first. */
    String apiVersion() {
        return refusing(client::apiVersion);
    }

    private static byte[] bytes(@Nullable String json) {
        return json == null ? new byte[0] : json.getBytes(StandardCharsets.UTF_8);
    }

    static <T> T refusing(Supplier<T> call) {
        try {
            return call.get();
        } catch (ApiException e) {
            String message = String.valueOf(e.getMessage()).strip();
            throw e.status() == 0 ? new CliException(message) : new EngineRefusal(e.status(), message);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
