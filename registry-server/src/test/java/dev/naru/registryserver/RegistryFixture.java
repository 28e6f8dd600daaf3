package dev.naru.registryserver;

import dev.naru.http.ListenAddress;
import dev.naru.oci.Digest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;

/** A registry on a port of the loopback interface, and a client. */
final class RegistryFixture implements AutoCloseable {
    static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

    private final RegistryConfig config;
    private final HttpClient client = HttpClient.newHttpClient();
    private RegistryServer server;
    private String base;

    RegistryFixture(RegistryConfig config) {
        this.config = config;
        this.server = RegistryServer.open(config);
        this.base = listen();
    }

    private String listen() {
        var at = (ListenAddress.Tcp) server.listen(new ListenAddress.Tcp("127.0.0.1", 0, null));
        return "http://127.0.0.1:" + at.port();
    }

    /** As if the process had ended and begun again. */
    void reopen() {
        server.close();
        server = RegistryServer.open(config);
        base = listen();
    }

    RegistryServer server() {
        return server;
    }

    String base() {
        return base;
    }

    HttpResponse<byte[]> send(String method, String path, byte[] body, String... headers)
            throws IOException, InterruptedException {
        URI uri = URI.create(path.startsWith("/") ? base + path : path);
        var request = HttpRequest.newBuilder(uri)
                .method(method, body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    HttpResponse<byte[]> get(String path, String... headers) throws IOException, InterruptedException {
        return send("GET", path, new byte[0], headers);
    }

    static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    /** Uploads in one request; answers the digest. */
    String push(String repository, byte[] content, String... headers) throws IOException, InterruptedException {
        String digest = Digest.of(content).toString();
        HttpResponse<byte[]> begun = send("POST", "/v2/" + repository + "/blobs/uploads/", new byte[0], headers);
        if (begun.statusCode() != 202) {
            throw new IOException("upload: " + begun.statusCode() + " " + text(begun));
        }
        HttpResponse<byte[]> done = send("PUT", header(begun, "Location") + "?digest=" + digest, content, headers);
        if (done.statusCode() != 201) {
            throw new IOException("upload: " + done.statusCode() + " " + text(done));
        }
        return digest;
    }

    /** A manifest with a configuration and one layer, which are pushed too. */
    byte[] image(String repository, String layer, String extra, String... headers)
            throws IOException, InterruptedException {
        byte[] config = "{\"architecture\":\"amd64\"}".getBytes(StandardCharsets.UTF_8);
        byte[] content = layer.getBytes(StandardCharsets.UTF_8);
        String configDigest = push(repository, config, headers);
        String layerDigest = push(repository, content, headers);
        return ("{\"schemaVersion\":2,\"mediaType\":\"" + MANIFEST
                        + "\",\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\""
                        + configDigest + "\",\"size\":" + config.length
                        + "},\"layers\":[{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\",\"digest\":\""
                        + layerDigest + "\",\"size\":" + content.length + "}]" + extra + "}")
                .getBytes(StandardCharsets.UTF_8);
    }

    HttpResponse<byte[]> putManifest(String repository, String reference, byte[] manifest, String... headers)
            throws IOException, InterruptedException {
        String[] all = java.util.Arrays.copyOf(headers, headers.length + 2);
        all[headers.length] = "Content-Type";
        all[headers.length + 1] = MANIFEST;
        return send("PUT", "/v2/" + repository + "/manifests/" + reference, manifest, all);
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
