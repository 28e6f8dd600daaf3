package dev.naru.registryserver;

import static dev.naru.registryserver.RegistryFixture.header;
import static dev.naru.registryserver.RegistryFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.oci.Digest;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry that caches another one. */
class PullThroughTest {
    @TempDir
    Path root;

    private RegistryFixture upstream;
    private RegistryFixture cache;

    @BeforeEach
    void open() {
        upstream = new RegistryFixture(RegistryConfig.of(root.resolve("upstream")));
        cache = new RegistryFixture(RegistryConfigBuilder.builder(RegistryConfig.of(root.resolve("cache")))
                .upstream(URI.create(upstream.base()))
                .build());
    }

    @AfterEach
    void close() {
        cache.close();
        upstream.close();
    }

    @Test
    void keepsWhatWasPulledWhenTheOtherIsAway() throws Exception {
        byte[] manifest = upstream.image("a/b", "layer", "");
        upstream.putManifest("a/b", "v1", manifest);
        String layer = Digest.of("layer").toString();
        assertThat(cache.get("/v2/a/b/manifests/v1").body()).isEqualTo(manifest);
        assertThat(text(cache.get("/v2/a/b/blobs/" + layer))).isEqualTo("layer");
        upstream.server().close();
        assertThat(cache.get("/v2/a/b/manifests/v1").body()).isEqualTo(manifest);
        assertThat(cache.get("/v2/a/b/manifests/" + Digest.of(manifest)).body()).isEqualTo(manifest);
        assertThat(text(cache.get("/v2/a/b/blobs/" + layer))).isEqualTo("layer");
        assertThat(cache.get("/v2/a/b/manifests/v2").statusCode()).isEqualTo(503);
    }

    @Test
    void seesThatATagHasMoved() throws Exception {
        upstream.putManifest("a", "latest", upstream.image("a", "old", ""));
        cache.get("/v2/a/manifests/latest");
        byte[] fresh = upstream.image("a", "new", "");
        upstream.putManifest("a", "latest", fresh);
        assertThat(cache.get("/v2/a/manifests/latest").body()).isEqualTo(fresh);
        assertThat(text(cache.get("/v2/a/tags/list"))).contains("latest");
        assertThat(cache.get("/v2/a/manifests/none").statusCode()).isEqualTo(404);
    }

    @Test
    void fetchesABlobOnceForAllWhoAskForIt() throws Exception {
        byte[] content = new byte[8 << 20];
        new Random(7).nextBytes(content);
        String digest = upstream.push("a", content);
        Callable<byte[]> pull = () -> cache.get("/v2/a/blobs/" + digest).body();
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<byte[]>> pulls =
                    clients.invokeAll(IntStream.range(0, 12).mapToObj(i -> pull).toList());
            for (Future<byte[]> each : pulls) {
                assertThat(each.get()).isEqualTo(content);
            }
        }
        assertThat(text(upstream.get("/metrics")))
                .contains("naru_registry_blob_bytes_sent_total " + content.length + "\n");
        assertThat(root.resolve("cache/uploads")).isEmptyDirectory();
    }

    @Test
    void neverGivesOutAWholeWrongBlob() throws Exception {
        byte[] content = new byte[1 << 20];
        String digest = upstream.push("a", content);
        Path file = root.resolve("upstream/content/blobs/sha256").resolve(digest.substring("sha256:".length()));
        content[5] = 1;
        Files.write(file, content);
        int received;
        try {
            received = cache.get("/v2/a/blobs/" + digest).body().length;
        } catch (java.io.IOException cut) {
            received = 0;
        }
        assertThat(received).isLessThan(content.length);
        assertThat(root.resolve("cache/content/blobs/sha256")).isEmptyDirectory();
    }

    private RegistryFixture through(FickleProxy proxy) {
        return new RegistryFixture(RegistryConfigBuilder.builder(RegistryConfig.of(root.resolve("other")))
                .upstream(URI.create("http://127.0.0.1:" + proxy.port()))
                .build());
    }

    @Test
    void goesOnWhereTheOtherWasCut() throws Exception {
        byte[] content = new byte[8 << 20];
        new Random(8).nextBytes(content);
        String digest = upstream.push("a", content);
        try (var proxy = new FickleProxy(URI.create(upstream.base()).getPort());
                RegistryFixture other = through(proxy)) {
            proxy.cutAfter(5 << 20);
            assertThat(other.get("/v2/a/blobs/" + digest).body()).isEqualTo(content);
            assertThat(proxy.cuts()).isEqualTo(1);
        }
        assertThat(root.resolve("other/uploads")).isEmptyDirectory();
    }

    @Test
    void theNextRequestGoesOnWhereTheOtherDied() throws Exception {
        byte[] content = new byte[8 << 20];
        new Random(8).nextBytes(content);
        String digest = upstream.push("a", content);
        try (var proxy = new FickleProxy(URI.create(upstream.base()).getPort());
                RegistryFixture other = through(proxy)) {
            proxy.dieAfter(5 << 20);
            assertThatThrownBy(() -> other.get("/v2/a/blobs/" + digest)).isInstanceOf(java.io.IOException.class);
            assertThat(root.resolve("other/content/blobs/sha256")).isEmptyDirectory();
            assertThat(root.resolve("other/uploads")).isNotEmptyDirectory();
            other.reopen();
            proxy.refuse(false);
            proxy.count();
            assertThat(other.get("/v2/a/blobs/" + digest).body()).isEqualTo(content);
            assertThat(proxy.counted()).isLessThan(content.length - (4 << 20));
        }
        assertThat(root.resolve("other/uploads")).isEmptyDirectory();
    }

    @Test
    void leftoversThatAreWrongAreFetchedAnew() throws Exception {
        byte[] content = new byte[1 << 20];
        String digest = upstream.push("a", content);
        Path left = root.resolve("cache/uploads").resolve(digest.replace(':', '-') + Download.SUFFIX);
        Files.writeString(left, "not what it should be");
        assertThatThrownBy(() -> cache.get("/v2/a/blobs/" + digest)).isInstanceOf(java.io.IOException.class);
        assertThat(root.resolve("cache/content/blobs/sha256")).isEmptyDirectory();
        assertThat(cache.get("/v2/a/blobs/" + digest).body()).isEqualTo(content);
    }

    @Test
    void acceptsNoPushes() throws Exception {
        var answer = cache.send("POST", "/v2/a/blobs/uploads/", new byte[0]);
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(text(answer)).contains("cache");
        assertThat(header(answer, "Content-Type")).isEqualTo("application/json");
    }
}
