package dev.naru.registryserver;

import static dev.naru.registryserver.RegistryFixture.MANIFEST;
import static dev.naru.registryserver.RegistryFixture.header;
import static dev.naru.registryserver.RegistryFixture.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.oci.Digest;
import dev.naru.oci.DigestAlgorithm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The endpoints of the distribution specification. */
class RegistryServerTest {
    private static final byte[] NOTHING = new byte[0];

    @TempDir
    Path root;

    private RegistryFixture registry;

    @BeforeEach
    void open() {
        registry = new RegistryFixture(RegistryConfig.of(root));
    }

    @AfterEach
    void close() {
        registry.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void saysThatItSpeaksTheSpecification() throws Exception {
        assertThat(registry.get("/v2/").statusCode()).isEqualTo(200);
        assertThat(registry.get("/v2/UPPER/tags/list").statusCode()).isEqualTo(400);
        assertThat(registry.get("/v2/a/b/nonsense").statusCode()).isIn(400, 404);
    }

    @Test
    void takesABlobInOneRequest() throws Exception {
        byte[] content = bytes("whole");
        String digest = Digest.of(content).toString();
        var answer = registry.send("POST", "/v2/a/blobs/uploads/?digest=" + digest, content);
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(header(answer, "Location")).isEqualTo("/v2/a/blobs/" + digest);
        var got = registry.get("/v2/a/blobs/" + digest);
        assertThat(got.body()).isEqualTo(content);
        assertThat(header(got, "Docker-Content-Digest")).isEqualTo(digest);
        var head = registry.send("HEAD", "/v2/a/blobs/" + digest, NOTHING);
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(header(head, "Content-Length")).isEqualTo("5");
    }

    @Test
    void givesABlobOnlyInItsRepository() throws Exception {
        String digest = registry.push("a", bytes("private"));
        var other = registry.get("/v2/b/blobs/" + digest);
        assertThat(other.statusCode()).isEqualTo(404);
        assertThat(text(other)).contains("BLOB_UNKNOWN");
    }

    @Test
    void takesChunksInOrderOnly() throws Exception {
        var begun = registry.send("POST", "/v2/a/blobs/uploads/", NOTHING);
        String at = header(begun, "Location");
        var first = registry.send("PATCH", at, bytes("hello "), "Content-Range", "0-5");
        assertThat(first.statusCode()).isEqualTo(202);
        assertThat(header(first, "Range")).isEqualTo("0-5");
        var hole = registry.send("PATCH", at, bytes("x"), "Content-Range", "9-9");
        assertThat(hole.statusCode()).isEqualTo(416);
        assertThat(header(hole, "Range")).isEqualTo("0-5");
        var status = registry.get(at);
        assertThat(status.statusCode()).isEqualTo(204);
        assertThat(header(status, "Range")).isEqualTo("0-5");
        String digest = Digest.of("hello world").toString();
        var done = registry.send("PUT", at + "?digest=" + digest, bytes("world"), "Content-Range", "6-10");
        assertThat(done.statusCode()).isEqualTo(201);
        assertThat(text(registry.get("/v2/a/blobs/" + digest))).isEqualTo("hello world");
    }

    @Test
    void goesOnWithAnUploadAfterItsOwnEnd() throws Exception {
        String at = header(registry.send("POST", "/v2/a/blobs/uploads/", NOTHING), "Location");
        registry.send("PATCH", at, bytes("before "));
        registry.reopen();
        assertThat(header(registry.get(at), "Range")).isEqualTo("0-6");
        String digest = Digest.of("before after").toString();
        assertThat(registry.send("PUT", at + "?digest=" + digest, bytes("after"))
                        .statusCode())
                .isEqualTo(201);
        registry.reopen();
        assertThat(text(registry.get("/v2/a/blobs/" + digest))).isEqualTo("before after");
    }

    @Test
    void refusesAWrongDigestAndKeepsNothing() throws Exception {
        String at = header(registry.send("POST", "/v2/a/blobs/uploads/", NOTHING), "Location");
        String digest = Digest.of("right").toString();
        var answer = registry.send("PUT", at + "?digest=" + digest, bytes("wrong"));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(text(answer)).contains("DIGEST_INVALID");
        assertThat(registry.get(at).statusCode()).isEqualTo(404);
        assertThat(root.resolve("uploads")).isEmptyDirectory();
    }

    @Test
    void cancelsAnUpload() throws Exception {
        String at = header(registry.send("POST", "/v2/a/blobs/uploads/", NOTHING), "Location");
        registry.send("PATCH", at, bytes("x"));
        assertThat(registry.send("DELETE", at, NOTHING).statusCode()).isEqualTo(204);
        assertThat(registry.get(at).statusCode()).isEqualTo(404);
        assertThat(root.resolve("uploads")).isEmptyDirectory();
    }

    @Test
    void mountsABlobOfAnotherRepository() throws Exception {
        String digest = registry.push("from", bytes("shared"));
        var answer = registry.send("POST", "/v2/to/blobs/uploads/?mount=" + digest + "&from=from", NOTHING);
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(text(registry.get("/v2/to/blobs/" + digest))).isEqualTo("shared");
        var elsewhere = registry.send("POST", "/v2/to/blobs/uploads/?mount=" + digest + "&from=nowhere", NOTHING);
        assertThat(elsewhere.statusCode()).isEqualTo(202);
    }

    @Test
    void givesPartsOfABlob() throws Exception {
        String digest = registry.push("a", bytes("0123456789"));
        var part = registry.get("/v2/a/blobs/" + digest, "Range", "bytes=2-4");
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(text(part)).isEqualTo("234");
        assertThat(header(part, "Content-Range")).isEqualTo("bytes 2-4/10");
        assertThat(text(registry.get("/v2/a/blobs/" + digest, "Range", "bytes=-3")))
                .isEqualTo("789");
        assertThat(registry.get("/v2/a/blobs/" + digest, "Range", "bytes=10-").statusCode())
                .isEqualTo(416);
    }

    @Test
    void keepsManifestsByTagAndDigest() throws Exception {
        byte[] manifest = registry.image("a/b", "layer", "");
        var put = registry.putManifest("a/b", "v1", manifest);
        assertThat(put.statusCode()).isEqualTo(201);
        String digest = header(put, "Docker-Content-Digest");
        for (String reference : new String[] {"v1", digest}) {
            var got = registry.get("/v2/a/b/manifests/" + reference);
            assertThat(got.body()).isEqualTo(manifest);
            assertThat(header(got, "Content-Type")).isEqualTo(MANIFEST);
        }
        assertThat(text(registry.get("/v2/a/b/tags/list"))).isEqualTo("{\"name\":\"a/b\",\"tags\":[\"v1\"]}");
        assertThat(text(registry.get("/v2/_catalog"))).isEqualTo("{\"repositories\":[\"a/b\"]}");
        var missing = registry.get("/v2/a/b/manifests/v2");
        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(text(missing)).contains("MANIFEST_UNKNOWN");
    }

    @Test
    void refusesManifestsThatCannotBeUsed() throws Exception {
        byte[] manifest = registry.image("a", "layer", "");
        assertThat(text(registry.putManifest("other", "v1", manifest))).contains("MANIFEST_BLOB_UNKNOWN");
        assertThat(text(registry.putManifest("a", "v1", bytes("{\"schemaVersion\":2,"))))
                .contains("MANIFEST_INVALID");
        assertThat(text(registry.putManifest("a", "v1", bytes("[".repeat(100_000)))))
                .contains("MANIFEST_INVALID");
        assertThat(text(registry.putManifest("a", "-bad", manifest))).contains("TAG_INVALID");
        assertThat(text(registry.putManifest("a", Digest.of("x").toString(), manifest)))
                .contains("DIGEST_INVALID");
        assertThat(registry.putManifest("a", "v1", new byte[5 << 20]).statusCode())
                .isEqualTo(400);
    }

    @Test
    void listsInPages() throws Exception {
        byte[] manifest = registry.image("a", "layer", "");
        for (String tag : new String[] {"c", "a", "b"}) {
            registry.putManifest("a", tag, manifest);
        }
        var first = registry.get("/v2/a/tags/list?n=2");
        assertThat(text(first)).contains("[\"a\",\"b\"]");
        assertThat(header(first, "Link")).isEqualTo("</v2/a/tags/list?n=2&last=b>; rel=\"next\"");
        var second = registry.get("/v2/a/tags/list?n=2&last=b");
        assertThat(text(second)).contains("[\"c\"]");
        assertThat(header(second, "Link")).isEmpty();
        assertThat(registry.get("/v2/a/tags/list?n=x").statusCode()).isEqualTo(400);
    }

    @Test
    void listsWhatRefersToAManifest() throws Exception {
        byte[] image = registry.image("a", "layer", "");
        String subject = header(registry.putManifest("a", "v1", image), "Docker-Content-Digest");
        byte[] signature = registry.image(
                "a",
                "signature",
                ",\"artifactType\":\"example/signature\",\"subject\":{\"mediaType\":\"" + MANIFEST + "\",\"digest\":\""
                        + subject + "\",\"size\":" + image.length + "}");
        var put = registry.putManifest("a", Digest.of(signature).toString(), signature);
        assertThat(header(put, "OCI-Subject")).isEqualTo(subject);
        var all = registry.get("/v2/a/referrers/" + subject);
        assertThat(header(all, "Content-Type")).isEqualTo("application/vnd.oci.image.index.v1+json");
        assertThat(text(all)).contains(Digest.of(signature).toString()).contains("example/signature");
        var none = registry.get("/v2/a/referrers/" + subject + "?artifactType=other");
        assertThat(text(none)).contains("\"manifests\":[]");
        assertThat(header(none, "OCI-Filters-Applied")).isEqualTo("artifactType");
        assertThat(text(registry.get("/v2/a/referrers/" + Digest.of("unknown"))))
                .contains("\"manifests\":[]");
    }

    @Test
    void deletesTagsManifestsAndBlobs() throws Exception {
        byte[] manifest = registry.image("a", "layer", "");
        String digest = header(registry.putManifest("a", "v1", manifest), "Docker-Content-Digest");
        registry.putManifest("a", "v2", manifest);
        assertThat(registry.send("DELETE", "/v2/a/manifests/v1", NOTHING).statusCode())
                .isEqualTo(202);
        assertThat(registry.get("/v2/a/manifests/v1").statusCode()).isEqualTo(404);
        assertThat(registry.get("/v2/a/manifests/v2").statusCode()).isEqualTo(200);
        assertThat(registry.send("DELETE", "/v2/a/manifests/" + digest, NOTHING).statusCode())
                .isEqualTo(202);
        assertThat(registry.get("/v2/a/manifests/v2").statusCode()).isEqualTo(404);
        String layer = Digest.of("layer").toString();
        assertThat(registry.send("DELETE", "/v2/a/blobs/" + layer, NOTHING).statusCode())
                .isEqualTo(202);
        assertThat(registry.get("/v2/a/blobs/" + layer).statusCode()).isEqualTo(404);
    }

    @Test
    void givesSpaceBackWhileItServes() throws Exception {
        registry.close();
        registry = new RegistryFixture(RegistryConfigBuilder.builder(RegistryConfig.of(root))
                .unusedAge(Duration.ofMillis(-1))
                .build());
        byte[] kept = registry.image("a", "kept layer", "");
        registry.putManifest("a", "v1", kept);
        byte[] gone = registry.image("a", "gone layer", "");
        String digest = header(registry.putManifest("a", "v2", gone), "Docker-Content-Digest");
        registry.push("b", bytes("without manifest"));
        registry.send("DELETE", "/v2/a/manifests/" + digest, NOTHING);
        assertThat(registry.server().collect()).isPositive();
        assertThat(registry.get("/v2/a/blobs/" + Digest.of("kept layer")).statusCode())
                .isEqualTo(200);
        assertThat(registry.get("/v2/a/blobs/" + Digest.of("gone layer")).statusCode())
                .isEqualTo(404);
        assertThat(text(registry.get("/v2/_catalog"))).isEqualTo("{\"repositories\":[\"a\"]}");
        assertThat(root.resolve("content/blobs/sha256").toFile().list()).hasSize(3);
    }

    @Test
    void countsWhatItDoes() throws Exception {
        registry.push("a", bytes("x"));
        assertThat(text(registry.get("/metrics")))
                .contains("naru_registry_requests_total{method=\"PUT\",code=\"201\"} 1\n")
                .contains("naru_registry_blobs_received_total 1\n");
    }

    private static String sha512(byte[] content) {
        return Digest.of(DigestAlgorithm.SHA512, content).toString();
    }

    @Test
    void takesDigestsBySha512() throws Exception {
        byte[] content = bytes("long digest");
        String digest = sha512(content);
        String at = header(registry.send("POST", "/v2/a/blobs/uploads/?digest-algorithm=sha512", NOTHING), "Location");
        registry.send("PATCH", at, bytes("long "));
        registry.reopen();
        assertThat(registry.send("PUT", at + "?digest=" + digest, bytes("digest"))
                        .statusCode())
                .isEqualTo(201);
        assertThat(registry.get("/v2/a/blobs/" + digest).body()).isEqualTo(content);
        assertThat(registry.send("POST", "/v2/b/blobs/uploads/?digest=" + digest, content)
                        .statusCode())
                .isEqualTo(201);
        assertThat(registry.send("POST", "/v2/a/blobs/uploads/?digest=" + sha512(bytes("other")), content)
                        .statusCode())
                .isEqualTo(400);
        assertThat(registry.send("POST", "/v2/a/blobs/uploads/?digest-algorithm=md5", NOTHING)
                        .statusCode())
                .isEqualTo(400);
        assertThat(root.resolve("uploads")).isEmptyDirectory();
    }

    @Test
    void keepsManifestsBySha512() throws Exception {
        byte[] manifest = registry.image("a", "layer", "");
        String digest = sha512(manifest);
        var put = registry.putManifest("a", digest + "?tag=v1&tag=v2", manifest);
        assertThat(put.statusCode()).isEqualTo(201);
        assertThat(header(put, "Docker-Content-Digest")).isEqualTo(digest);
        assertThat(put.headers().allValues("OCI-Tag")).containsExactly("v1", "v2");
        for (String reference : new String[] {"v1", "v2", digest}) {
            var got = registry.get("/v2/a/manifests/" + reference);
            assertThat(got.body()).isEqualTo(manifest);
            assertThat(header(got, "Docker-Content-Digest")).isEqualTo(digest);
        }
        assertThat(registry.putManifest("a", sha512(bytes("other")), manifest).statusCode())
                .isEqualTo(400);
    }

    @Test
    void refusesRangesThatDoNotFitTheirContent() throws Exception {
        String at = header(registry.send("POST", "/v2/a/blobs/uploads/", NOTHING), "Location");
        assertThat(registry.send("PATCH", at, bytes("hello"), "Content-Range", "0-9")
                        .statusCode())
                .isEqualTo(400);
        assertThat(registry.send("PATCH", at, bytes("hello"), "Content-Range", "4-0")
                        .statusCode())
                .isEqualTo(400);
        assertThat(registry.send("PATCH", at, bytes("hello"), "Content-Range", "five")
                        .statusCode())
                .isEqualTo(400);
        assertThat(header(registry.get(at), "Range")).isEqualTo("0-0");
        String digest = Digest.of("hello").toString();
        var late = registry.send("PUT", at + "?digest=" + digest, bytes("hello"), "Content-Range", "3-7");
        assertThat(late.statusCode()).isEqualTo(416);
        assertThat(header(late, "Location")).isEqualTo(at);
    }
}
