package dev.naru.engine;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.naru.oci.Digest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A registry on loopback with one image of one layer. */
final class OneImageRegistry implements AutoCloseable {
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

    private final Map<String, byte[]> blobs;
    private final byte[] manifest;
    private final HttpServer server;

    /** @param layer an archive as it is */
    OneImageRegistry(byte[] layer) throws IOException {
        byte[] config = ("{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\""
                        + Digest.of(layer) + "\"]}}")
                .getBytes(StandardCharsets.UTF_8);
        blobs = Map.of(Digest.of(config).toString(), config, Digest.of(layer).toString(), layer);
        manifest = ("{\"schemaVersion\":2,\"mediaType\":\"" + MANIFEST + "\",\"config\":"
                        + descriptor("config.v1+json", config) + ",\"layers\":[" + descriptor("layer.v1.tar", layer)
                        + "]}")
                .getBytes(StandardCharsets.UTF_8);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v2/", exchange -> {
            try (exchange) {
                serve(exchange);
            }
        });
        server.start();
    }

    private static String descriptor(String type, byte[] content) {
        return "{\"mediaType\":\"application/vnd.oci.image." + type + "\",\"digest\":\"" + Digest.of(content)
                + "\",\"size\":" + content.length + "}";
    }

    String name() {
        return "127.0.0.1:" + server.getAddress().getPort() + "/one:1";
    }

    private void serve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        byte[] content = path.contains("/manifests/")
                ? manifest
                : blobs.getOrDefault(path.substring(path.lastIndexOf('/') + 1), new byte[] {'{', '}'});
        exchange.getResponseHeaders().set("Content-Type", MANIFEST);
        exchange.sendResponseHeaders(200, content.length);
        exchange.getResponseBody().write(content);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
