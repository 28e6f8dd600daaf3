package dev.naru.image;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.naru.oci.Descriptor;
import dev.naru.oci.Digest;
import dev.naru.oci.ImageConfig;
import dev.naru.oci.Index;
import dev.naru.oci.Manifest;
import dev.naru.oci.MediaTypes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A registry on loopback that gives out what it was given, by a test or by a push. */
final class SmallRegistry implements AutoCloseable {
    private record Stored(String type, byte[] content) {}

    private final Map<String, Stored> manifests = new ConcurrentHashMap<>();
    private final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
    private final Map<String, ByteArrayOutputStream> uploads = new ConcurrentHashMap<>();
    private final Map<String, List<Descriptor>> referrers = new ConcurrentHashMap<>();
    final List<String> requests = new CopyOnWriteArrayList<>();
    private final HttpServer server;

    SmallRegistry() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        server.createContext("/v2/", exchange -> {
            try (exchange) {
                serve(exchange);
            }
        });
        server.start();
    }

    String name(String repository) {
        return "127.0.0.1:" + server.getAddress().getPort() + "/" + repository;
    }

    Descriptor blob(String type, byte[] content, @Nullable Map<String, String> annotations) {
        String digest = Digest.of(content).toString();
        blobs.put(digest, content);
        return new Descriptor(type, digest, content.length, null, annotations, null, null);
    }

    /** Puts an image below a tag; answers its manifest's digest. */
    String image(String tag, String text) {
        byte[] layer = ArchiveBuilder.tar(tar -> ArchiveBuilder.file(tar, "text", text));
        byte[] config =
                ArchiveBuilder.bytes("{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\","
                        + "\"diff_ids\":[\"" + Digest.of(layer) + "\"]}}");
        assert ImageJson.read(ImageConfig.class, config, "config") != null;
        return manifest(
                tag, null, blob(MediaTypes.CONFIG, config, null), List.of(blob(MediaTypes.LAYER, layer, null)), null);
    }

    /** Puts a manifest below a tag, or among the referrers of another when there is a subject. */
    String manifest(
            String tag,
            @Nullable String artifact,
            Descriptor config,
            List<Descriptor> layers,
            @Nullable String subject) {
        byte[] bytes = ImageJson.write(new Manifest(
                2,
                MediaTypes.MANIFEST,
                artifact,
                config,
                layers,
                subject == null ? null : new Descriptor(MediaTypes.MANIFEST, subject, 1, null, null, null, null),
                null));
        String digest = Digest.of(bytes).toString();
        manifests.put(tag, new Stored(MediaTypes.MANIFEST, bytes));
        manifests.put(digest, new Stored(MediaTypes.MANIFEST, bytes));
        if (subject != null) {
            referrers
                    .computeIfAbsent(subject, any -> new ArrayList<>())
                    .add(new Descriptor(MediaTypes.MANIFEST, digest, bytes.length, null, null, artifact, null));
        }
        return digest;
    }

    /** Puts an artifact beside an image. */
    void refer(String subject, String artifact, Descriptor layer) {
        manifest(
                "artifact-" + layer.digest().substring(7, 20),
                artifact,
                blob("application/vnd.oci.empty.v1+json", ArchiveBuilder.bytes("{}"), null),
                List.of(layer),
                subject);
    }

    private void serve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        requests.add(exchange.getRequestMethod() + " " + path);
        String last = path.substring(path.lastIndexOf('/') + 1);
        if (List.of("POST", "PATCH", "PUT").contains(exchange.getRequestMethod())) {
            take(exchange, path, last);
        } else if (path.equals("/v2/")) {
            send(exchange, "application/json", ArchiveBuilder.bytes("{}"));
        } else if (path.contains("/manifests/") && manifests.containsKey(last)) {
            Stored stored = manifests.get(last);
            send(exchange, stored.type(), stored.content());
        } else if (path.contains("/blobs/") && blobs.containsKey(last)) {
            send(exchange, "application/octet-stream", blobs.get(last));
        } else if (path.contains("/referrers/")) {
            List<Descriptor> all = referrers.getOrDefault(last, List.of());
            send(exchange, MediaTypes.INDEX, ImageJson.write(new Index(2, MediaTypes.INDEX, null, all, null, null)));
        } else {
            exchange.sendResponseHeaders(404, -1);
        }
    }

    /** One upload at a time for each layer: its chunks have one after the other in its address. */
    private void take(HttpExchange exchange, String path, String last) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (path.contains("/manifests/")) {
            manifests.put(last, new Stored(exchange.getRequestHeaders().getFirst("Content-Type"), body));
            exchange.sendResponseHeaders(201, -1);
            return;
        }
        boolean begins = exchange.getRequestMethod().equals("POST");
        String upload = begins ? UUID.randomUUID().toString() : last;
        var all = uploads.computeIfAbsent(upload, any -> new ByteArrayOutputStream());
        all.writeBytes(body);
        boolean ends = exchange.getRequestMethod().equals("PUT");
        if (ends) {
            String digest = exchange.getRequestURI().getQuery().replaceAll(".*digest=", "");
            assert Digest.of(all.toByteArray()).toString().equals(digest);
            blobs.put(digest, all.toByteArray());
        }
        String location = begins ? path + upload : path;
        exchange.getResponseHeaders().set("Location", location);
        exchange.getResponseHeaders().set("Range", "0-" + Math.max(0, all.size() - 1));
        exchange.sendResponseHeaders(ends ? 201 : 202, -1);
    }

    /** The manifest below a tag. */
    Manifest manifest(String tag) {
        return ImageJson.read(
                Manifest.class, Objects.requireNonNull(manifests.get(tag), tag).content(), tag);
    }

    /** The media type that it came with. */
    String type(String tag) {
        return Objects.requireNonNull(manifests.get(tag), tag).type();
    }

    byte[] content(String digest) {
        return Objects.requireNonNull(blobs.get(digest), digest);
    }

    private static void send(HttpExchange exchange, String type, byte[] content) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders()
                .set("Docker-Content-Digest", Digest.of(content).toString());
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(200, head ? -1 : content.length);
        if (!head) {
            exchange.getResponseBody().write(content);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
