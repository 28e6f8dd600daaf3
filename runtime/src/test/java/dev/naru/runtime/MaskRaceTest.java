package dev.naru.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.Syscall;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Masks of paths against images and neighbours that move things about while a container is being made: what is masked
 * with, what is masked, and what the masks lie on.
 */
final class MaskRaceTest {
    private static final int EXCHANGE = 2;
    private static final int ROUNDS = 25;
    /** Tells what must never be seen or done; prints nothing where all masks hold. */
    private static final String PROBE = "for f in /proc/kcore /proc/keys /proc/timer_list; do"
            + " [ -e $f ] && head -c 1 $f | grep -q . && echo read $f; done;"
            + " ls /sys/firmware 2>/dev/null | grep . ; ls /proc/acpi 2>/dev/null | grep .;"
            + " [ -e /proc/sysrq-trigger ] && (echo h > /proc/sysrq-trigger) 2>/dev/null && echo sysrq;"
            + " [ -e /proc/sys/vm/drop_caches ] && (echo 1 > /proc/sys/vm/drop_caches) 2>/dev/null && echo sys; true";

    private final Sandbox sandbox = new Sandbox();

    @AfterEach
    void leaveNothing() {
        sandbox.close();
    }

    private void assertMasked(TestContainer container) throws InterruptedException {
        try {
            TestContainer.Result result = container.run();
            assertThat(result.out()).as("what could be read or written").isEmpty();
        } catch (NaruException refused) {
            assertThat(refused).hasMessageContaining("cannot launch container");
        }
    }

    @Test
    void nullDeviceOfTheContainerIsNotWhatMasks() throws Exception {
        Path dev = Files.createDirectories(sandbox.path("dev"));
        Path secret = sandbox.path("secret");
        Files.writeString(secret, "secret");
        Files.createSymbolicLink(dev.resolve("null"), Path.of("/proc/sysrq-trigger"));
        Files.createSymbolicLink(dev.resolve("console"), Path.of("/proc/sysrq-trigger"));
        Files.createSymbolicLink(dev.resolve("other"), secret);
        try (Racer racer = new Racer(dev, "null", "other")) {
            for (int i = 0; i < ROUNDS; i++) {
                assertMasked(sandbox.shell(PROBE).mount("/dev", "bind", dev.toString(), "rbind", "rw"));
            }
            assertThat(racer.exchanges()).isPositive();
        }
        assertThat(Files.readString(secret)).isEqualTo("secret");
    }

    @Test
    void targetsThatAreExchangedForLinksLeadNowhereElse() throws Exception {
        Path shared = Files.createDirectories(sandbox.path("shared"));
        Files.createDirectory(shared.resolve("firmware"));
        Path victim = Files.createDirectories(sandbox.path("victim"));
        Files.writeString(victim.resolve("file"), "mine");
        Files.createSymbolicLink(shared.resolve("other"), victim);
        try (Racer racer = new Racer(shared, "firmware", "other")) {
            for (int i = 0; i < ROUNDS; i++) {
                // A volume over /sys: the mask of /sys/firmware falls into what a neighbour moves.
                try {
                    sandbox.shell("true")
                            .mount("/sys", "bind", shared.toString(), "rbind", "rw")
                            .run();
                } catch (NaruException refused) {
                    assertThat(refused).hasMessageContaining("cannot launch container");
                }
                assertThat(victim.resolve("file")).hasContent("mine");
            }
            assertThat(racer.exchanges()).isPositive();
        }
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(victim.toString());
    }

    @Test
    void imageThatTradesItsProcForALinkStaysMasked() throws Exception {
        Path image = sandbox.image();
        Files.createDirectories(image.resolve("var/fake"));
        Files.createSymbolicLink(image.resolve("link"), Path.of("var/fake"));
        try (Racer racer = new Racer(image, "proc", "link")) {
            for (int i = 0; i < ROUNDS; i++) {
                assertMasked(sandbox.shell(PROBE.replace("/proc/", "/var/fake/") + ";" + PROBE));
            }
            assertThat(racer.exchanges()).isPositive();
        }
    }

    @Test
    void masksCanNeitherBeUnmountedNorCoveredFromInside() throws Exception {
        TestContainer.Result result = sandbox.shell("umount /proc/kcore /sys/firmware /proc/sys 2>&1;"
                        + " mount -t proc p /proc 2>&1; mount --bind /tmp /proc/sys 2>&1;"
                        + " unshare -m umount /proc/kcore 2>&1; " + PROBE.replace("2>/dev/null", ""))
                .run();
        assertThat(result.out())
                .doesNotContain("read /proc", "sysrq\n")
                .containsAnyOf("denied", "not permitted", "must be superuser");
    }

    /** Exchanges two names of a directory, again and again, as a neighbour that has it too can. */
    private static final class Racer implements AutoCloseable {
        private final Thread thread;
        private volatile long exchanges;

        Racer(Path directory, String one, String other) throws IOException {
            thread = Thread.ofPlatform().daemon().start(() -> race(directory, one, other));
        }

        long exchanges() {
            return exchanges;
        }

        private void race(Path directory, String one, String other) {
            try (Descriptor open =
                            Descriptor.open(directory.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0);
                    Arena arena = Arena.ofConfined()) {
                long first = arena.allocateFrom(one).address();
                long second = arena.allocateFrom(other).address();
                long count = 0;
                while (!Thread.currentThread().isInterrupted()) {
                    if (Syscall.RENAMEAT2.raw(open.number(), first, open.number(), second, EXCHANGE, 0) == 0) {
                        exchanges = ++count;
                    }
                    LockSupport.parkNanos(50_000);
                }
            }
        }

        @Override
        public void close() throws InterruptedException {
            thread.interrupt();
            thread.join();
        }
    }
}
