package dev.naru.registryserver;

import static dev.naru.registryserver.RegistryFixture.header;
import static dev.naru.registryserver.RegistryFixture.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a registry keeps to when its process dies, its disk is full, many come at once, or all of it happens. */
class RegistryHardshipTest {
    private static final int CLIENTS = Integer.getInteger("naru.registry.clients", 100);
    private static final byte[] NOTHING = new byte[0];

    @TempDir
    Path root;

    private static byte[] random(int size) {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        return content;
    }

    private static HttpResponse<byte[]> send(HttpClient client, String method, String url, byte[] body)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(url))
                        .method(method, BodyPublishers.ofByteArray(body))
                        .build(),
                BodyHandlers.ofByteArray());
    }

    private static void all(int count, Callable<Void> work) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Void>> running = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                running.add(threads.submit(work));
            }
            for (Future<Void> each : running) {
                each.get();
            }
        }
    }

    @Test
    void uploadsGoOnAfterAKilledProcess() throws Exception {
        byte[] content = random(3 << 20);
        String digest = Digest.of(content).toString();
        try (var client = HttpClient.newHttpClient()) {
            String path;
            try (var registry = new RegistryProcess(root)) {
                path = header(send(client, "POST", registry.base() + "/v2/a/blobs/uploads/", NOTHING), "Location");
                URI base = URI.create(registry.base());
                try (var socket = new Socket(base.getHost(), base.getPort())) {
                    OutputStream out = socket.getOutputStream();
                    out.write(
                            ("PATCH " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + content.length + "\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
                    out.write(content, 0, 2 << 20);
                    out.flush();
                    awaitUpload(1 << 20);
                    registry.kill();
                }
            }
            try (var registry = new RegistryProcess(root)) {
                String range = header(send(client, "GET", registry.base() + path, NOTHING), "Range");
                int received = Integer.parseInt(range.substring(2)) + 1;
                assertThat(received).isBetween(1 << 20, 2 << 20);
                byte[] rest = java.util.Arrays.copyOfRange(content, received, content.length);
                var done = send(client, "PUT", registry.base() + path + "?digest=" + digest, rest);
                assertThat(done.statusCode()).isEqualTo(201);
                assertThat(send(client, "GET", registry.base() + "/v2/a/blobs/" + digest, NOTHING)
                                .body())
                        .isEqualTo(content);
            }
        }
        assertThat(root.resolve("uploads")).isEmptyDirectory();
    }

    private void awaitUpload(long bytes) throws IOException, InterruptedException {
        long size = 0;
        while (size < bytes) {
            Thread.sleep(10);
            try (var files = Files.list(root.resolve("uploads"))) {
                size = files.mapToLong(file -> file.toFile().length()).max().orElse(0);
            }
        }
    }

    @Test
    void aFullDiskIsSaidAndGivesTheSpaceBack() throws Exception {
        Path disk = Files.createDirectory(root.resolve("disk"));
        run("mount", "-t", "tmpfs", "-o", "size=8m", "naru-registry-test", disk.toString());
        try (var registry = new RegistryFixture(RegistryConfig.of(disk.resolve("registry")))) {
            String kept = registry.push("a", random(1 << 20));
            byte[] large = random(16 << 20);
            String at = header(registry.send("POST", "/v2/a/blobs/uploads/", NOTHING), "Location");
            var refused = registry.send("PATCH", at, large);
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(text(refused)).contains("No space left on device");
            assertThat(registry.get(at).statusCode()).isEqualTo(404);
            String more = registry.push("a", random(3 << 20));
            assertThat(registry.get("/v2/a/blobs/" + kept).statusCode()).isEqualTo(200);
            assertThat(registry.get("/v2/a/blobs/" + more).body()).isEqualTo(random(3 << 20));
        } finally {
            run("umount", disk.toString());
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    @Test
    void whatWasPushedIsThereWhileOthersDeleteItAndACollectionRuns() throws Exception {
        byte[] shared = random(100_000);
        String digest = Digest.of(shared).toString();
        try (var registry = new RegistryFixture(RegistryConfig.of(root))) {
            var over = new AtomicBoolean();
            Thread collecting = Thread.ofPlatform().start(() -> {
                while (!over.get()) {
                    registry.server().collect();
                }
            });
            try {
                all(4, () -> {
                    String repository = "r" + Thread.currentThread().threadId();
                    for (int i = 0; i < 25; i++) {
                        registry.push(repository, shared);
                        var got = registry.get("/v2/" + repository + "/blobs/" + digest);
                        assertThat(got.statusCode()).isEqualTo(200);
                        assertThat(got.body()).isEqualTo(shared);
                        registry.send("DELETE", "/v2/" + repository + "/blobs/" + digest, NOTHING);
                    }
                    return null;
                });
            } finally {
                over.set(true);
                collecting.join();
            }
            registry.server().collect();
            assertThat(root.resolve("content/blobs/sha256")).isEmptyDirectory();
        }
    }

    @Test
    void memoryStaysFlatHoweverManyClientsPull() throws Exception {
        byte[] content = random(4 << 20);
        try (var client = HttpClient.newHttpClient();
                var registry = new RegistryProcess(root, "-Xmx24m", "-XX:MaxDirectMemorySize=16m")) {
            String digest = Digest.of(content).toString();
            assertThat(send(client, "POST", registry.base() + "/v2/a/blobs/uploads/?digest=" + digest, content)
                            .statusCode())
                    .isEqualTo(201);
            pull(registry, digest, content.length);
            long few = registry.peak();
            all(CLIENTS, () -> {
                pull(registry, digest, content.length);
                return null;
            });
            // A thread's stack and a connection for each client, no buffer.
            assertThat(registry.peak() - few).isLessThan((24L << 20) + CLIENTS * (64L << 10));
        }
    }

    @Test
    void memoryStaysFlatHoweverManyClientsPush() throws Exception {
        try (var client = HttpClient.newHttpClient();
                var registry = new RegistryProcess(root, "-Xmx24m", "-XX:MaxDirectMemorySize=16m")) {
            byte[] content = random(600_000);
            String digest = Digest.of(content).toString();
            all(CLIENTS, () -> {
                var answer = send(client, "POST", registry.base() + "/v2/a/blobs/uploads/?digest=" + digest, content);
                assertThat(answer.statusCode()).isEqualTo(201);
                return null;
            });
        }
    }

    private static void pull(RegistryProcess registry, String digest, int size) throws IOException {
        URI base = URI.create(registry.base());
        try (var socket = new Socket(base.getHost(), base.getPort())) {
            socket.getOutputStream()
                    .write(("GET /v2/a/blobs/" + digest + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            byte[] piece = new byte[64 << 10];
            long received = 0;
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                received += count;
            }
            assertThat(received).isGreaterThan(size);
        }
    }
}
