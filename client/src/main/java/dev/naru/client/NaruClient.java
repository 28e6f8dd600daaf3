package dev.naru.client;

import dev.naru.http.Headers;
import dev.naru.http.Hijacked;
import dev.naru.http.Tls;
import dev.naru.http.Transport;
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
        return connect(address, tls, null);
    }

    /** A client that speaks this version of the API, such as {@code 1.51}, and does not ask; null to agree on one. */
    public static NaruClient connect(String address, @Nullable Tls tls, @Nullable String apiVersion) {
        return new NaruClient(new Wire(address, EngineAddress.parse(address, tls), apiVersion));
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
        return wire.send(method, target.toString(), new Headers().add("Content-Type", contentType), body);
    }

    /** Any operation that takes the connection over; close what it gives. */
    public Hijacked hijack(Target target, @Nullable Object body) {
        return wire.hijack(target.toString(), Wire.json(body));
    }

    /** Any operation, with JSON or nothing as body; close the answer. The target is encoded and has no version. */
    public Answer call(String method, String target, Headers headers, byte[] json) {
        return wire.call(method, target, headers, json);
    }

    /** Any operation with a stream as body; close the answer. The target is encoded and has no version. */
    public Answer send(String method, String target, Headers headers, InputStream body) {
        return wire.send(method, target, headers, body);
    }

    /** Any operation that takes the connection over, with JSON or nothing as body; close what it gives. */
    public Hijacked hijack(String target, byte[] json) {
        return wire.hijack(target, json);
    }

    /** A connection to the engine on which nothing was sent yet; close it. */
    public Transport dial() {
        return wire.dial();
    }

    /** Closes idle connections; answers that are still open stay so. */
    @Override
    public void close() {
        wire.close();
    }
}
