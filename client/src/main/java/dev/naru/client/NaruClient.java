package dev.naru.client;

import dev.naru.http.Headers;
import dev.naru.http.Hijacked;
import dev.naru.http.Tls;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * A client of the Docker Engine API of any engine. The version that both sides speak is agreed on with the first call.
 * Threads may share a client. Refusals are {@link ApiException}s with the engine's status and words.
 *
 * <p>{@code try (var client = NaruClient.connect("unix:///var/run/docker.sock")) { client.containers().list(true); }}
 */
public final class NaruClient implements AutoCloseable {
    private final Wire wire;

    private NaruClient(Wire wire) {
        this.wire = wire;
    }

    /**
     * A client of the engine at {@code unix:///path}, {@code tcp://host:port} or {@code ssh://user@host}. Nothing is sent
     * yet.
     */
    public static NaruClient connect(String address) {
        return connect(address, null);
    }

    /** A client that encrypts when {@code tls} is given. */
    public static NaruClient connect(String address, @Nullable Tls tls) {
        return new NaruClient(new Wire(EngineAddress.parse(address, tls)));
    }

    /** The version of the API that both sides speak, such as {@code 1.51}. */
    public String apiVersion() {
        return wire.version();
    }

    public ContainerClient containers() {
        return new ContainerClient(wire);
    }

    public ExecClient execs() {
        return new ExecClient(wire);
    }

    public ImageClient images() {
        return new ImageClient(wire);
    }

    public VolumeClient volumes() {
        return new VolumeClient(wire);
    }

    public NetworkClient networks() {
        return new NetworkClient(wire);
    }

    public SystemClient system() {
        return new SystemClient(wire);
    }

    /** Any operation, with a record or null as JSON body; close the answer. */
    public Answer call(String method, Target target, @Nullable Object body) {
        return wire.call(method, target, body);
    }

    /** Any operation with a stream as body; close the answer. */
    public Answer send(String method, Target target, String contentType, InputStream body) {
        return wire.send(method, target, new Headers().add("Content-Type", contentType), body);
    }

    /** Any operation that takes the connection over; close what it gives. */
    public Hijacked hijack(Target target, @Nullable Object body) {
        return wire.hijack(target, body);
    }

    /** Closes idle connections; answers that are still open stay so. */
    @Override
    public void close() {
        wire.close();
    }
}
