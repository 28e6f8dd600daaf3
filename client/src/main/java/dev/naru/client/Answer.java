package dev.naru.client;

import static java.util.Objects.requireNonNull;

import dev.naru.http.Headers;
import dev.naru.http.Response;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.function.Consumer;

/** An engine's answer whose body is still to be read. Closing it unread ends whatever the engine was sending. */
public final class Answer implements AutoCloseable {
    private final Response response;
    private final Wire wire;

    Answer(Response response, Wire wire) {
        this.response = requireNonNull(response, "response");
        this.wire = requireNonNull(wire, "wire");
    }

    Response response() {
        return response;
    }

    public int status() {
        return response.status();
    }

    public Headers headers() {
        return response.headers();
    }

    public InputStream body() {
        return response.body();
    }

    /** The whole body. */
    public byte[] bytes() {
        try {
            return response.body().readAllBytes();
        } catch (IOException e) {
            throw new ApiException("the engine's answer broke off: " + e.getMessage(), e);
        }
    }

    <T> T as(Class<T> type) {
        try (this) {
            return Json.read(type, bytes());
        }
    }

    <T> List<T> asList(Class<T> type) {
        try (this) {
            return Json.readList(type, bytes());
        }
    }

    <T> void lines(Class<T> type, Consumer<T> sink) {
        try (this) {
            Json.lines(type, response.body(), sink);
        } catch (IOException e) {
            throw new ApiException("the engine's answer broke off: " + e.getMessage(), e);
        }
    }

    /** Reads what is left and drops it. */
    void done() {
        try (this) {
            bytes();
        }
    }

    @Override
    public void close() {
        wire.release(response);
    }
}
