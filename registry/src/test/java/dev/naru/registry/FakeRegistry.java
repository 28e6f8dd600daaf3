package dev.naru.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.naru.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A registry on loopback that does what it is told, and misbehaves on demand. */
final class FakeRegistry implements AutoCloseable {
    /** Answers a request in the registry's place; true when it has. */
    interface Fault {
        boolean handle(HttpExchange exchange) throws IOException;
    }

    /** What is stored under a name. */
    record Stored(String mediaType, byte[] content) {}

    final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
    final Map<String, Stored> manifests = new ConcurrentHashMap<>();
    final List<String> requests = new CopyOnWriteArrayList<>();
    final List<Fault> faults = new CopyOnWriteArrayList<>();
    private final Map<String, byte[]> uploads = new ConcurrentHashMap<>();
    private final AtomicInteger serial = new AtomicInteger();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;
    volatile boolean ranges = true;

    FakeRegistry() {
        this(plain());
    }

    private static HttpServer plain() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** @param server bound, not yet started */
    FakeRegistry(HttpServer server) {
        this.server = server;
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                serve(exchange);
            }
        });
        server.start();
    }

    String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    String blob(byte[] content) {
        String digest = Digest.of(content).toString();
        blobs.put(digest, content);
        return digest;
    }

    void fail(Fault fault) {
        faults.add(fault);
    }

    /** Answers the next requests whose line has a text with a status. */
    void failTimes(int times, String text, int status, Map<String, String> headers) {
        var left = new AtomicInteger(times);
        fail(exchange -> {
            if (!line(exchange).contains(text) || left.getAndDecrement() <= 0) {
                return false;
            }
            headers.forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
            send(exchange, status, new byte[0]);
            return true;
        });
    }

    static String line(HttpExchange exchange) {
        return exchange.getRequestMethod() + " " + exchange.getRequestURI();
    }

    static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        boolean bodiless = exchange.getRequestMethod().equals("HEAD") || body.length == 0;
        exchange.sendResponseHeaders(status, bodiless ? -1 : body.length);
        if (!bodiless) {
            exchange.getResponseBody().write(body);
        }
    }

    static byte[] error(String code, String message) {
        return ("{\"errors\":[{\"code\":\"" + code + "\",\"message\":\"" + message + "\"}]}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private void serve(HttpExchange exchange) throws IOException {
        String line = line(exchange);
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        requests.add(authorization == null ? line : line + " [" + authorization + "]");
        for (Fault each : faults) {
            if (each.handle(exchange)) {
                return;
            }
        }
        String path = exchange.getRequestURI().getPath();
        if (path.equals("/v2/")) {
            send(exchange, 200, "{}".getBytes(StandardCharsets.UTF_8));
        } else if (path.contains("/blobs/uploads/")) {
            upload(exchange, path);
        } else if (path.contains("/blobs/")) {
            blob(exchange, path.substring(path.lastIndexOf('/') + 1));
        } else if (path.contains("/manifests/")) {
            manifest(exchange, path);
        } else if (path.endsWith("/tags/list")) {
            String tags = String.join(
                    "\",\"",
                    manifests.keySet().stream()
                            .map(key -> key.substring(key.lastIndexOf('/') + 1))
                            .filter(tag -> !tag.contains(":"))
                            .sorted()
                            .toList());
            send(exchange, 200, ("{\"name\":\"x\",\"tags\":[\"" + tags + "\"]}").getBytes(StandardCharsets.UTF_8));
        } else {
            send(exchange, 404, error("NAME_UNKNOWN", "repository name not known to registry"));
        }
    }

    private void blob(HttpExchange exchange, String digest) throws IOException {
        byte[] content = blobs.get(digest);
        if (content == null) {
            send(exchange, 404, error("BLOB_UNKNOWN", "blob unknown to registry"));
            return;
        }
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(content.length));
            exchange.sendResponseHeaders(200, -1);
            return;
        }
        String range = exchange.getRequestHeaders().getFirst("Range");
        if (range == null || !ranges) {
            send(exchange, 200, content);
            return;
        }
        String[] ends = range.substring("bytes=".length()).split("-", -1);
        int first = Integer.parseInt(ends[0]);
        int last = Math.min(content.length - 1, Integer.parseInt(ends[1]));
        exchange.getResponseHeaders().set("Content-Range", "bytes " + first + "-" + last + "/" + content.length);
        send(exchange, 206, Arrays.copyOfRange(content, first, last + 1));
    }

    private void manifest(HttpExchange exchange, String path) throws IOException {
        String key = path.substring("/v2/".length()).replace("/manifests", "");
        if (exchange.getRequestMethod().equals("PUT")) {
            byte[] content = exchange.getRequestBody().readAllBytes();
            put(
                    key.substring(0, key.lastIndexOf('/')),
                    key.substring(key.lastIndexOf('/') + 1),
                    exchange.getRequestHeaders().getFirst("Content-Type"),
                    content);
            send(exchange, 201, new byte[0]);
            return;
        }
        Stored stored = manifests.get(key);
        if (stored == null) {
            send(exchange, 404, error("MANIFEST_UNKNOWN", "manifest unknown"));
            return;
        }
        exchange.getResponseHeaders().set("Content-Type", stored.mediaType());
        exchange.getResponseHeaders()
                .set("Docker-Content-Digest", Digest.of(stored.content()).toString());
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(stored.content().length));
            exchange.sendResponseHeaders(200, -1);
            return;
        }
        send(exchange, 200, stored.content());
    }

    /** Stores a manifest under a tag and under its digest; answers the digest. */
    String put(String repository, String tag, String mediaType, byte[] content) {
        String digest = Digest.of(content).toString();
        manifests.put(repository + "/" + tag, new Stored(mediaType, content));
        manifests.put(repository + "/" + digest, new Stored(mediaType, content));
        return digest;
    }

    private void upload(HttpExchange exchange, String path) throws IOException {
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        switch (exchange.getRequestMethod()) {
            case "POST" -> {
                if (query.contains("mount=") && blobs.containsKey(query.replaceAll(".*mount=([^&]+).*", "$1"))) {
                    send(exchange, 201, new byte[0]);
                    return;
                }
                String id = String.valueOf(serial.incrementAndGet());
                uploads.put(id, new byte[0]);
                exchange.getResponseHeaders().set("Location", path + id);
                send(exchange, 202, new byte[0]);
            }
            case "PATCH" -> {
                append(path, exchange.getRequestBody());
                exchange.getResponseHeaders().set("Location", path);
                send(exchange, 202, new byte[0]);
            }
            case "GET" -> {
                exchange.getResponseHeaders().set("Location", path);
                int size = uploads.getOrDefault(id(path), new byte[0]).length;
                exchange.getResponseHeaders().set("Range", "0-" + Math.max(0, size - 1));
                send(exchange, 204, new byte[0]);
            }
            case "PUT" -> {
                append(path, exchange.getRequestBody());
                byte[] content = java.util.Objects.requireNonNull(uploads.remove(id(path)));
                String wanted = query.replaceAll(".*digest=([^&]+).*", "$1");
                boolean right = Digest.of(content).toString().equals(wanted);
                if (right) {
                    blob(content);
                }
                send(exchange, right ? 201 : 400, right ? new byte[0] : error("DIGEST_INVALID", "digest invalid"));
            }
            default -> send(exchange, 204, new byte[0]);
        }
    }

    private static String id(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    void append(String path, InputStream body) throws IOException {
        byte[] old = uploads.getOrDefault(id(path), new byte[0]);
        byte[] more = body.readAllBytes();
        byte[] all = Arrays.copyOf(old, old.length + more.length);
        System.arraycopy(more, 0, all, old.length, more.length);
        uploads.put(id(path), all);
    }

    /** Sends the beginning of what is asked for, then cuts the connection. */
    static void truncated(HttpExchange exchange, int status, byte[] content, int sent) throws IOException {
        exchange.sendResponseHeaders(status, content.length);
        OutputStream out = exchange.getResponseBody();
        out.write(content, 0, sent);
        out.flush();
        throw new IOException("cut");
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
