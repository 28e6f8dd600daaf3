package dev.naru.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Descriptor;
import dev.naru.oci.MediaTypes;
import dev.naru.oci.Reference;
import dev.naru.store.Leases.Lease;
import dev.naru.store.Store;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Blobs from registries that break, lie or stop. */
class DownloadTest {
    private static final int LARGE = 40 << 20;

    @TempDir
    Path directory;

    private final FakeRegistry registry = new FakeRegistry();
    private final Registries registries = new Registries(RegistrySettings.defaults());
    private Store store;
    private Lease lease;

    @BeforeEach
    void open() {
        store = Store.open(directory.resolve("data"));
        lease = store.leases().open();
    }

    @AfterEach
    void close() {
        registries.close();
        registry.close();
        lease.close();
        store.close();
    }

    private Repository repository() {
        return registries.repository(Reference.parse(registry.host() + "/app"), Credentials.anonymous());
    }

    private static byte[] random(int size) {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        return content;
    }

    private static Descriptor layer(String digest, long size) {
        return new Descriptor(MediaTypes.LAYER_GZIP, digest, size, null, null, null, null);
    }

    private void download(String digest, long size) throws InterruptedException {
        lease.hold(digest);
        try (Transfer transfer = repository().download(layer(digest, size), store)) {
            while (!transfer.await(Duration.ofSeconds(10))) {
                assertThat(transfer.total()).isEqualTo(size);
            }
            assertThat(transfer.state()).isEqualTo(Transfer.State.DONE);
            assertThat(transfer.current()).isEqualTo(size);
        }
    }

    private long leftovers() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("data/content/ingest"))) {
            return files.count();
        }
    }

    private static boolean isBlob(HttpExchange exchange) {
        return FakeRegistry.line(exchange).contains("GET")
                && FakeRegistry.line(exchange).contains("/blobs/sha256");
    }

    @Test
    void aLargeBlobComesInRangesSideBySide() throws Exception {
        byte[] content = random(LARGE);
        String digest = registry.blob(content);
        download(digest, LARGE);
        assertThat(store.blobs().isIntact(digest)).isTrue();
        assertThat(registry.requests.stream()
                        .filter(each -> each.contains("/blobs/"))
                        .count())
                .isEqualTo(5);
        assertThat(leftovers()).isZero();
    }

    @Test
    void aRegistryWithoutRangesIsAskedOnce() throws Exception {
        registry.ranges = false;
        String digest = registry.blob(random(LARGE));
        download(digest, LARGE);
        assertThat(store.blobs().isIntact(digest)).isTrue();
        assertThat(registry.requests.stream()
                        .filter(each -> each.contains("/blobs/"))
                        .count())
                .isEqualTo(1);
    }

    @Test
    void anEmptyBlobIsABlob() throws Exception {
        String digest = registry.blob(new byte[0]);
        download(digest, 0);
        assertThat(store.blobs().isIntact(digest)).isTrue();
    }

    @Test
    void aCutConnectionGoesOnWhereItWas() throws Exception {
        byte[] content = random(4 << 20);
        String digest = registry.blob(content);
        var cut = new AtomicBoolean();
        registry.fail(exchange -> {
            if (!isBlob(exchange) || cut.getAndSet(true)) {
                return false;
            }
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes 0-" + (content.length - 1) + "/" + content.length);
            FakeRegistry.truncated(exchange, 206, content, 3 << 20);
            return true;
        });
        var asked = new java.util.concurrent.CopyOnWriteArrayList<String>();
        registry.faults.addFirst(exchange -> {
            asked.add(String.valueOf(exchange.getRequestHeaders().getFirst("Range")));
            return false;
        });
        download(digest, content.length);
        assertThat(store.blobs().isIntact(digest)).isTrue();
        assertThat(asked.getLast()).doesNotStartWith("bytes=0-").endsWith("-" + (content.length - 1));
    }

    @Test
    void aBlobIsVerifiedBeforeItIsABlob() throws Exception {
        byte[] content = random(1 << 20);
        byte[] other = content.clone();
        other[77]++;
        String digest = registry.blob(content);
        registry.blobs.put(digest, other);
        assertThatThrownBy(() -> download(digest, content.length))
                .isInstanceOfSatisfying(
                        NaruException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID))
                .hasMessageContaining("verification failed for digest " + digest);
        assertThat(store.blobs().exists(digest)).isFalse();
        assertThat(leftovers()).isZero();
    }

    @Test
    void aWrongSizeIsRefused() {
        byte[] content = random(1 << 20);
        String digest = registry.blob(content);
        assertThatThrownBy(() -> download(digest, content.length + 1)).hasMessageContaining("wrong size");
        registry.ranges = false;
        assertThatThrownBy(() -> download(digest, content.length - 1)).hasMessageContaining("wrong size");
        assertThat(store.blobs().exists(digest)).isFalse();
    }

    @Test
    void anEndlessStreamEndsAtTheSizeThatWasTold() {
        byte[] content = random(100_000);
        String digest = registry.blob(content);
        registry.fail(exchange -> {
            if (!isBlob(exchange)) {
                return false;
            }
            exchange.sendResponseHeaders(200, 0);
            while (true) {
                exchange.getResponseBody().write(content);
            }
        });
        assertThatThrownBy(() -> download(digest, content.length)).hasMessageContaining("wrong size");
    }

    @Test
    void aBusyRegistryIsAskedAgainWhenItSaysSo() throws Exception {
        String digest = registry.blob(random(1000));
        registry.failTimes(1, "/blobs/", 429, Map.of("Retry-After", "1"));
        registry.failTimes(1, "/blobs/", 503, Map.of());
        download(digest, 1000);
        assertThat(store.blobs().isIntact(digest)).isTrue();
    }

    @Test
    void aBlobThatTwoWantIsFetchedOnce() throws Exception {
        String digest = registry.blob(random(2 << 20));
        lease.hold(digest);
        var slow = new AtomicInteger();
        registry.fail(exchange -> {
            if (isBlob(exchange)) {
                slow.incrementAndGet();
                sleep();
            }
            return false;
        });
        try (Transfer one = repository().download(layer(digest, 2 << 20), store);
                Transfer two = repository().download(layer(digest, 2 << 20), store)) {
            assertThat(one.await(Duration.ofSeconds(30))).isTrue();
            assertThat(two.await(Duration.ofSeconds(30))).isTrue();
        }
        assertThat(slow).hasValue(1);
    }

    private static void sleep() {
        try {
            Thread.sleep(200);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whoLeavesEndsTheTransferAndTheNextGoesOn() throws Exception {
        byte[] content = random(LARGE);
        String digest = registry.blob(content);
        var stuck = new AtomicBoolean(true);
        registry.fail(exchange -> {
            if (isBlob(exchange)
                    && stuck.get()
                    && !String.valueOf(exchange.getRequestHeaders().getFirst("Range"))
                            .startsWith("bytes=0-")) {
                sleep();
                return true;
            }
            return false;
        });
        lease.hold(digest);
        Transfer first = repository().download(layer(digest, LARGE), store);
        while (first.current() < (8 << 20)) {
            Thread.sleep(5);
        }
        first.close();
        stuck.set(false);
        registry.requests.clear();
        download(digest, LARGE);
        assertThat(store.blobs().isIntact(digest)).isTrue();
        assertThat(registry.requests.stream()
                        .filter(each -> each.contains("/blobs/"))
                        .count())
                // Four parts are missing; requests of the one who left may still come in.
                .isBetween(4L, 7L);
    }

    @Test
    void theContentCanBeReadWhileItComes() throws Exception {
        byte[] content = random(LARGE);
        String digest = registry.blob(content);
        lease.hold(digest);
        try (Transfer transfer = repository().download(layer(digest, LARGE), store);
                var channel = transfer.follow()) {
            byte[] read = java.nio.channels.Channels.newInputStream(channel).readAllBytes();
            assertThat(Arrays.equals(read, content)).isTrue();
            assertThat(transfer.await(Duration.ofSeconds(30))).isTrue();
        }
    }

    @Test
    void aDownloadSurvivesKillOfItsEngine() throws Exception {
        byte[] content = random(LARGE);
        String digest = registry.blob(content);
        var slow = new AtomicBoolean(true);
        registry.fail(exchange -> {
            String range = String.valueOf(exchange.getRequestHeaders().getFirst("Range"));
            if (!isBlob(exchange) || !slow.get() || range.startsWith("bytes=0-")) {
                return false;
            }
            exchange.getResponseHeaders().set("Content-Range", range.replace("=", " ") + "/" + LARGE);
            exchange.sendResponseHeaders(206, 8 << 20);
            OutputStream out = exchange.getResponseBody();
            out.write(content, Integer.parseInt(range.replaceAll("bytes=|-.*", "")), 2 << 20);
            out.flush();
            while (slow.get()) {
                sleep();
            }
            throw new IOException("cut");
        });
        Path data = directory.resolve("killed");
        Process engine = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        DownloadMain.class.getName(),
                        data.toString(),
                        registry.host(),
                        digest,
                        String.valueOf(LARGE))
                .redirectErrorStream(true)
                .start();
        try {
            Path progress = data.resolve("content/ingest/" + digest.substring(7) + ".progress");
            while (!Files.exists(progress) || recorded(progress) < (10 << 20)) {
                assertThat(engine.isAlive()).isTrue();
                Thread.sleep(10);
            }
        } finally {
            engine.destroyForcibly().waitFor();
            slow.set(false);
        }
        long before = recorded(data.resolve("content/ingest/" + digest.substring(7) + ".progress"));
        var asked = new java.util.concurrent.atomic.AtomicLong();
        registry.faults.addFirst(exchange -> {
            String[] range = String.valueOf(exchange.getRequestHeaders().getFirst("Range"))
                    .replace("bytes=", "")
                    .split("-", -1);
            asked.addAndGet(range.length == 2 ? Long.parseLong(range[1]) - Long.parseLong(range[0]) + 1 : 0);
            return false;
        });
        DownloadMain.main(new String[] {data.toString(), registry.host(), digest, String.valueOf(LARGE)});
        assertThat(asked.get()).isEqualTo(LARGE - before);
        try (Stream<Path> files = Files.list(data.resolve("content/ingest"))) {
            assertThat(files).isEmpty();
        }
    }

    private static long recorded(Path progress) throws IOException {
        var buffer = java.nio.ByteBuffer.wrap(Files.readAllBytes(progress));
        long sum = 0;
        for (int i = 1; i < buffer.capacity() / Long.BYTES; i++) {
            sum += buffer.getLong(i * Long.BYTES);
        }
        return sum;
    }
}
