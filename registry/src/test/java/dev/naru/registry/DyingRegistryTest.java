package dev.naru.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.oci.Descriptor;
import dev.naru.oci.MediaTypes;
import dev.naru.oci.Reference;
import dev.naru.store.Leases.Lease;
import dev.naru.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Registries that die in the middle of a blob: what has come is not fetched again, whoever has the rest. */
class DyingRegistryTest {
    private static final int SIZE = 4 << 20;
    private static final int SENT = 3 << 20;

    @TempDir
    Path directory;

    private final FakeRegistry dying = new FakeRegistry();
    private final FakeRegistry living = new FakeRegistry();
    private final List<String> ranges = new CopyOnWriteArrayList<>();
    private final byte[] content = new byte[SIZE];
    private Store store;
    private Lease lease;
    private String digest;

    @BeforeEach
    void open() {
        store = Store.open(directory.resolve("data"));
        lease = store.leases().open();
        new Random(9).nextBytes(content);
        digest = dying.blob(content);
        living.blob(content);
        lease.hold(digest);
        var dead = new AtomicBoolean();
        dying.fail(exchange -> {
            if (!FakeRegistry.line(exchange).contains("/blobs/")) {
                return false;
            }
            if (dead.getAndSet(true)) {
                throw new IOException("dead");
            }
            exchange.getResponseHeaders().set("Content-Range", "bytes 0-" + (SIZE - 1) + "/" + SIZE);
            FakeRegistry.truncated(exchange, 206, content, SENT);
            return true;
        });
        living.fail(exchange -> {
            if (FakeRegistry.line(exchange).contains("/blobs/")) {
                ranges.add(String.valueOf(exchange.getRequestHeaders().getFirst("Range")));
            }
            return false;
        });
    }

    @AfterEach
    void close() {
        lease.close();
        store.close();
        dying.close();
        living.close();
    }

    private RegistrySettings settings() {
        return RegistrySettingsBuilder.builder(RegistrySettings.defaults())
                .hostDirectories(List.of(directory))
                .downloadAttempts(2)
                .build();
    }

    private void download(Registries registries, String name) throws InterruptedException {
        var layer = new Descriptor(MediaTypes.LAYER_GZIP, digest, SIZE, null, null, null, null);
        Repository repository = registries.repository(Reference.parse(name + "/app"), Credentials.anonymous());
        try (Transfer transfer = repository.download(layer, store)) {
            assertThat(transfer.await(Duration.ofSeconds(30))).isTrue();
        }
    }

    private void assertResumed() {
        assertThat(store.blobs().isIntact(digest)).isTrue();
        assertThat(ranges)
                .isNotEmpty()
                .allSatisfy(range -> assertThat(first(range)).isPositive().isLessThanOrEqualTo(SENT));
    }

    private static long first(String range) {
        return Long.parseLong(range.replaceAll("bytes=|-.*", ""));
    }

    @Test
    void theNextHostGoesOnWhereAMirrorDied() throws Exception {
        Path host = Files.createDirectories(directory.resolve("r.example"));
        Files.writeString(host.resolve("hosts.toml"), """
                server = "http://%s"
                [host."http://%s"]
                """.formatted(living.host(), dying.host()));
        try (var registries = new Registries(settings())) {
            download(registries, "r.example");
        }
        assertResumed();
    }

    @Test
    void theNextPullGoesOnWhereTheLastOneDied() throws Exception {
        try (var registries = new Registries(settings())) {
            assertThatThrownBy(() -> download(registries, dying.host())).hasMessageContaining(digest);
            assertThat(store.blobs().exists(digest)).isFalse();
            download(registries, living.host());
        }
        assertResumed();
    }
}
