package dev.naru.registry;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;

/** Sends requests, with one set of connections for each way of doing TLS. Made when it is first used. */
final class Transport implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(15);
    private static final Duration HEAD = Duration.ofSeconds(60);

    private final Optional<ProxySelector> proxy;
    private final Map<Optional<TlsSettings>, HttpClient> clients = new HashMap<>();

    Transport(Optional<ProxySelector> proxy) {
        this.proxy = proxy;
    }

    private synchronized HttpClient client(TlsSettings tls, boolean secure) {
        return clients.computeIfAbsent(Optional.of(tls).filter(any -> secure), settings -> {
            var builder = HttpClient.newBuilder()
                    // One connection for each request that runs: ranges side by side are the point of asking for
                    // ranges.
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(CONNECT)
                    .executor(Executors.newVirtualThreadPerTaskExecutor());
            settings.ifPresent(known -> builder.sslContext(TlsContexts.of(known)));
            proxy.ifPresent(builder::proxy);
            return builder.build();
        });
    }

    /** Sends one request and returns with the answer's head. */
    Answer send(String method, URI uri, Map<String, String> headers, Payload payload, TlsSettings tls)
            throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(HEAD).method(method, payload.publisher());
        request.header("User-Agent", "naru");
        headers.forEach(request::header);
        try {
            HttpResponse<BodyQueue> response =
                    client(tls, "https".equals(uri.getScheme())).send(request.build(), head -> new BodyQueue());
            return new Answer(response.statusCode(), response.headers(), response.body(), uri);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    @Override
    public synchronized void close() {
        clients.values().forEach(HttpClient::shutdownNow);
        clients.clear();
    }
}
