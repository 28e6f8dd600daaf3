package dev.naru.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Descriptor;
import dev.naru.oci.MediaTypes;
import dev.naru.oci.Reference;
import dev.naru.store.Leases.Lease;
import dev.naru.store.Store;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Registries that never come to an end end all the same, with words that say why. */
class HostileRegistryTest {
    private static final String EMPTY = "{\"schemaVersion\":2,\"mediaType\":\"" + MediaTypes.MANIFEST
            + "\",\"config\":{\"mediaType\":\"" + MediaTypes.CONFIG + "\",\"digest\":\"sha256:" + "a".repeat(64)
            + "\",\"size\":2},\"layers\":[]}";

    @TempDir
    Path directory;

    private final FakeRegistry registry = new FakeRegistry();
    private final Registries registries = new Registries(RegistrySettingsBuilder.builder(RegistrySettings.defaults())
            .downloadAttempts(2)
            .build());

    @AfterEach
    void close() {
        registries.close();
        registry.close();
    }

    private Repository repository() {
        return registries.repository(Reference.parse(registry.host() + "/app"), Credentials.anonymous());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void assertUnavailable(org.assertj.core.api.ThrowableAssert.ThrowingCallable work, String words) {
        assertThatThrownBy(work)
                .isInstanceOfSatisfying(
                        NaruException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE))
                .hasMessageContaining(words);
    }

    @Test
    void whoIsAlwaysBusyIsGivenUp() {
        for (int status : new int[] {429, 503}) {
            registry.faults.clear();
            registry.failTimes(1000, "/manifests/", status, Map.of("Retry-After", "0"));
            registry.requests.clear();
            assertUnavailable(() -> repository().manifest("1"), String.valueOf(status));
            assertThat(registry.requests).hasSizeLessThan(12);
        }
    }

    @Test
    void aManifestThatIsAlwaysCutIsNotUsed() {
        registry.fail(exchange -> {
            if (!FakeRegistry.line(exchange).contains("/manifests/")) {
                return false;
            }
            exchange.getResponseHeaders().set("Content-Type", MediaTypes.MANIFEST);
            FakeRegistry.truncated(exchange, 200, bytes(EMPTY), 40);
            return true;
        });
        assertThatThrownBy(() -> repository().manifest("1")).isInstanceOf(NaruException.class);
    }

    @Test
    void aBlobThatNeverComesToItsEndIsGivenUp() throws Exception {
        byte[] content = new byte[100_000];
        String digest = registry.blob(content);
        registry.fail(exchange -> {
            if (!FakeRegistry.line(exchange).contains("/blobs/sha256")) {
                return false;
            }
            FakeRegistry.truncated(exchange, 200, content, 1000);
            return true;
        });
        try (Store store = Store.open(directory.resolve("data"));
                Lease lease = store.leases().open()) {
            lease.hold(digest);
            assertThatThrownBy(() -> {
                        try (Transfer transfer = repository()
                                .download(
                                        new Descriptor(
                                                MediaTypes.LAYER_GZIP, digest, content.length, null, null, null, null),
                                        store)) {
                            assertThat(transfer.await(Duration.ofSeconds(60))).isTrue();
                        }
                    })
                    .isInstanceOf(NaruException.class);
            assertThat(store.blobs().exists(digest)).isFalse();
        }
        assertThat(Files.exists(directory.resolve("data/content/blobs/sha256").resolve(digest.substring(7))))
                .isFalse();
    }

    @Test
    void pagesThatLeadToThemselvesEnd() {
        registry.fail(exchange -> {
            if (!FakeRegistry.line(exchange).contains("/tags/list")) {
                return false;
            }
            exchange.getResponseHeaders().set("Link", "</v2/app/tags/list?last=x>; rel=\"next\"");
            FakeRegistry.send(exchange, 200, bytes("{\"name\":\"app\",\"tags\":[\"x\"]}"));
            return true;
        });
        assertThat(repository().tags()).hasSizeLessThan(4).contains("x");
    }

    @Test
    void pagesOfAnotherHostAreNotAskedWithCredentials() {
        try (var other = new FakeRegistry()) {
            registry.fail(exchange -> {
                if (exchange.getRequestHeaders().getFirst("Authorization") == null) {
                    exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"x\"");
                    FakeRegistry.send(exchange, 401, new byte[0]);
                    return true;
                }
                exchange.getResponseHeaders()
                        .set("Link", "<http://" + other.host() + "/v2/app/tags/list?last=x>; rel=\"next\"");
                FakeRegistry.send(exchange, 200, bytes("{\"name\":\"app\",\"tags\":[\"x\"]}"));
                return true;
            });
            Repository repository = registries.repository(
                    Reference.parse(registry.host() + "/app"), new Credentials.Password("me", "pass"));
            try {
                assertThat(repository.tags()).contains("x");
            } catch (NaruException refused) {
                assertThat(refused.getMessage()).isNotEmpty();
            }
            assertThat(registry.requests).anyMatch(each -> each.contains("[Basic"));
            assertThat(other.requests).allMatch(each -> !each.contains("["));
        }
    }
}
