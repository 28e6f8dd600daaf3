package dev.naru.registry;

import static java.util.Objects.requireNonNull;

import dev.naru.http.Headers;
import dev.naru.http.RequestBody;
import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Sends requests over HTTP/1.1, each over a connection that nobody else uses meanwhile: ranges side by side are the point
 * of asking for ranges. Nothing is opened before the first.
 */
final class Requests implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Connections connections;

    Requests(Optional<ProxySelector> proxy) {
        this(proxy, PATIENCE);
    }

    /** @param patience how long a server may let wait for its answer, or for the next bytes in either direction */
    Requests(Optional<ProxySelector> proxy, Duration patience) {
        this.connections = new Connections(requireNonNull(proxy, "proxy"), requireNonNull(patience, "patience"));
    }

    /**
     * Sends one request and returns with the answer's head.
     *
     * @throws java.net.http.HttpTimeoutException when there is none in time
     * @throws java.io.InterruptedIOException when the thread was interrupted
     */
    Answer send(String method, URI uri, Map<String, String> headers, RequestBody body, TlsSettings tls)
            throws IOException {
        Connection connection = connections.take(uri, tls);
        var fields = new Headers().set("Host", authority(uri)).set("User-Agent", "naru");
        headers.forEach(fields::set);
        return connection.send(method, uri, fields, body);
    }

    private static String authority(URI uri) {
        return uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
    }

    @Override
    public void close() {
        connections.close();
    }
}
