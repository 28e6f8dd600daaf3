package dev.naru.registryserver;

import static dev.naru.registryserver.RegistryFixture.header;
import static dev.naru.registryserver.RegistryFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.NaruException;
import dev.naru.oci.Digest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry whose blobs are in a bucket. */
class BucketRegistryTest {
    private static final byte[] NOTHING = new byte[0];

    @TempDir
    static Path directory;

    private static BucketFixture bucket;
    private static FickleProxy way;

    @TempDir
    Path root;

    @BeforeAll
    static void open() throws IOException {
        bucket = new BucketFixture(directory);
        way = new FickleProxy(bucket.port());
    }

    @AfterAll
    static void close() throws IOException {
        way.close();
        bucket.close();
    }

    private RegistryFixture registry(boolean redirect) {
        return new RegistryFixture(RegistryConfigBuilder.builder(RegistryConfig.of(root))
                .s3(bucket.config(way.port(), redirect))
                .unusedAge(Duration.ofMillis(-1))
                .build());
    }

    private static byte[] random(int size, int seed) {
        byte[] content = new byte[size];
        new Random(seed).nextBytes(content);
        return content;
    }

    private boolean hasLocalBlobs() throws IOException {
        try (var files = Files.list(root.resolve("content/blobs/sha256"))) {
            return files.findAny().isPresent();
        }
    }

    @Test
    void keepsImagesInTheBucketAlone() throws Exception {
        try (var registry = registry(false)) {
            byte[] manifest = registry.image("a", "layer", "");
            assertThat(registry.putManifest("a", "v1", manifest).statusCode()).isEqualTo(201);
            registry.reopen();
            assertThat(registry.get("/v2/a/manifests/v1").body()).isEqualTo(manifest);
            String layer = Digest.of("layer").toString();
            assertThat(text(registry.get("/v2/a/blobs/" + layer))).isEqualTo("layer");
            var part = registry.get("/v2/a/blobs/" + layer, "Range", "bytes=1-3");
            assertThat(part.statusCode()).isEqualTo(206);
            assertThat(text(part)).isEqualTo("aye");
            var head = registry.send("HEAD", "/v2/a/blobs/" + layer, NOTHING);
            assertThat(header(head, "Content-Length")).isEqualTo("5");
            assertThat(hasLocalBlobs()).isFalse();
            assertThat(root.resolve("uploads")).isEmptyDirectory();
        }
    }

    @Test
    void movesLargeBlobsInPartsAndReadsOnWhereAConnectionBreaks() throws Exception {
        byte[] content = random(S3Upload.PART * 2 + 12_345, 1);
        try (var registry = registry(false)) {
            String digest = registry.push("large", content);
            long before = way.cuts();
            way.cutAfter(5 << 20);
            assertThat(registry.get("/v2/large/blobs/" + digest).body()).isEqualTo(content);
            assertThat(way.cuts()).isEqualTo(before + 1);
        }
    }

    @Test
    void goesOnWithAnUploadWhenTheBucketIsBack() throws Exception {
        byte[] content = random(S3Upload.PART + 1, 2);
        String digest = Digest.of(content).toString();
        try (var registry = registry(false)) {
            String at = header(registry.send("POST", "/v2/a/blobs/uploads/", NOTHING), "Location");
            registry.send("PATCH", at, content);
            way.refuse(true);
            var refused = registry.send("PUT", at + "?digest=" + digest, NOTHING);
            way.refuse(false);
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(registry.send("HEAD", "/v2/a/blobs/" + digest, NOTHING).statusCode())
                    .isEqualTo(404);
            registry.reopen();
            assertThat(registry.send("PUT", at + "?digest=" + digest, NOTHING).statusCode())
                    .isEqualTo(201);
            assertThat(registry.get("/v2/a/blobs/" + digest).body()).isEqualTo(content);
        } finally {
            way.refuse(false);
        }
    }

    @Test
    void sendsClientsToTheBucketWhenItShall() throws Exception {
        try (var registry = registry(true);
                var client = HttpClient.newHttpClient()) {
            String digest = registry.push("far", "elsewhere".getBytes(StandardCharsets.UTF_8));
            var answer = registry.get("/v2/far/blobs/" + digest);
            assertThat(answer.statusCode()).isEqualTo(307);
            assertThat(header(answer, "Cache-Control")).isEqualTo("no-store");
            URI url = URI.create(header(answer, "Location"));
            assertThat(url.getQuery()).contains("X-Amz-Signature");
            var got = client.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString());
            assertThat(got.body()).isEqualTo("elsewhere");
        }
    }

    @Test
    void givesTheBucketsSpaceBack() throws Exception {
        try (var registry = registry(false)) {
            byte[] kept = registry.image("keep", "kept in the bucket", "");
            registry.putManifest("keep", "v1", kept);
            String gone = registry.push("keep", "gone from the bucket".getBytes(StandardCharsets.UTF_8));
            assertThat(registry.server().collect()).isPositive();
            assertThat(registry.get("/v2/keep/blobs/" + gone).statusCode()).isEqualTo(404);
            assertThat(registry.get("/v2/keep/blobs/" + Digest.of("kept in the bucket"))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(registry.get("/v2/keep/manifests/v1").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void refusesABucketThatIsNotThere() {
        S3Config good = bucket.config(way.port(), false);
        var bad = new S3Config(good.endpoint(), good.region(), "nothing-here", "", good.credentials(), false);
        RegistryConfig config =
                RegistryConfigBuilder.builder(RegistryConfig.of(root)).s3(bad).build();
        assertThatThrownBy(() -> RegistryServer.open(config))
                .isInstanceOf(NaruException.class)
                .hasMessageContaining("nothing-here");
    }
}
