package dev.naru.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** More than anybody should ask of an engine at once. */
final class PressureIT {
    private static final int CONNECTIONS = 10_000;
    private static final long MEBIBYTE = 1 << 20;

    @Test
    void tenThousandConnectionsLeaveItAnswering() throws Exception {
        try (EngineProcess engine = new EngineProcess()) {
            List<SocketChannel> open = new ArrayList<>();
            long before = memory(engine.pid());
            try {
                for (int i = 0; i < CONNECTIONS; i++) {
                    SocketChannel channel = connect(engine);
                    open.add(channel);
                    if (i % 2 == 1) {
                        write(channel, "POST /containers/create HTTP/1.1\r\nHost: x\r\nX-Half: s");
                    }
                }
                assertThat(engine.out("ps", "-aq")).isEmpty();
                assertThat(engine.out("run", "--rm", "busybox", "echo", "well")).isEqualTo("well");
                // Half of them with a buffer of 8 KiB: 40 MiB, and what the collector has not given back yet.
                assertThat(memory(engine.pid()) - before).isLessThan(400 * MEBIBYTE);
            } finally {
                for (SocketChannel each : open) {
                    each.close();
                }
            }
            assertThat(engine.out("run", "--rm", "busybox", "echo", "still")).isEqualTo("still");
        }
    }

    @Test
    void aBodyOfOneGigabyteIsRefusedUnread() throws Exception {
        try (EngineProcess engine = new EngineProcess()) {
            long before = memory(engine.pid());
            String head = head("/containers/create");
            assertThat(answer(engine, head + "Content-Length: 1073741824\r\n\r\n", 0))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("larger than");
            assertThat(answer(engine, head + "Transfer-Encoding: chunked\r\n\r\n40000000\r\n", 1024))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("larger than");
            assertThat(memory(engine.pid()) - before).isLessThan(150 * MEBIBYTE);
            assertThat(engine.out("run", "--rm", "busybox", "echo", "well")).isEqualTo("well");
        }
    }

    @Test
    void bodiesThatNeverEndTakeNoMoreThanTheirRoom() throws Exception {
        try (EngineProcess engine = new EngineProcess()) {
            List<SocketChannel> open = new ArrayList<>();
            long before = memory(engine.pid());
            try {
                for (int i = 0; i < 100; i++) {
                    SocketChannel channel = connect(engine);
                    open.add(channel);
                    write(channel, head("/containers/create") + "Content-Length: 8000000\r\n\r\n");
                    writeSome(channel, 5_000_000);
                }
                // 18 MiB, and as much again in an old generation that waits for its collection.
                assertThat(memory(engine.pid()) - before).isLessThan(48 * MEBIBYTE);
                assertThat(engine.out("ps", "-aq")).isEmpty();
            } finally {
                for (SocketChannel each : open) {
                    each.close();
                }
            }
            assertThat(engine.out("run", "--rm", "busybox", "echo", "well")).isEqualTo("well");
        }
    }

    @Test
    void withoutDescriptorsItSaysSoAndRecovers() throws Exception {
        try (EngineProcess engine = new EngineProcess()) {
            engine.out("run", "-d", "--name", "before", "busybox", "sleep", "1000");
            int descriptors = descriptors(engine.pid());
            for (int spare : List.of(2, 6, 10, 16, 24)) {
                limit(engine.pid(), descriptors + spare);
                EngineProcess.Outcome outcome = engine.naruFor(10, "run", "--name", "c" + spare, "busybox", "true");
                if (outcome.code() != 0) {
                    assertThat(outcome.code()).isIn(125, EngineProcess.GIVEN_UP);
                    assertThat(outcome.err() + outcome.out()).doesNotContain("Exception", "internal error");
                }
                limit(engine.pid(), 20_000);
                engine.naru("rm", "-f", "c" + spare);
                assertThat(engine.out("exec", "before", "echo", "well")).isEqualTo("well");
                assertThat(engine.out("run", "--rm", "busybox", "echo", "after"))
                        .isEqualTo("after");
            }
            assertThat(engine.out("ps", "-aq", "--filter", "name=c")).isEmpty();
            engine.out("rm", "-f", "before");
            assertThat(engine.naru("system", "check").out()).isEqualTo("clean\n");
        }
    }

    private static int descriptors(long pid) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return Math.toIntExact(all.count());
        }
    }

    private static String head(String path) {
        return "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    }

    /** Sends what it can of so many bytes; an engine that has refused them may have closed the connection. */
    private static void writeSome(SocketChannel channel, int count) {
        try {
            write(channel, " ".repeat(count));
        } catch (IOException refused) {
            assertThat(refused).hasMessageContaining("pipe");
        }
    }

    private static void limit(long pid, int files) throws IOException, InterruptedException {
        Process prlimit = new ProcessBuilder("prlimit", "--pid", Long.toString(pid), "--nofile=" + files + ":20000")
                .inheritIO()
                .start();
        assertThat(prlimit.waitFor()).isZero();
    }

    private static SocketChannel connect(EngineProcess engine) throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(engine.host().substring("unix://".length())));
    }

    private static void write(SocketChannel channel, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Sends until the engine doesn't want more, and reads what it says. */
    private static String answer(EngineProcess engine, String head, int mebibytes) throws Exception {
        try (SocketChannel channel = connect(engine)) {
            write(channel, head);
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < mebibytes; i++) {
                        write(channel, " ".repeat(1 << 20));
                    }
                } catch (IOException refused) {
                    return;
                }
            });
            var reply = new byte[4096];
            int count = Channels.newInputStream(channel).read(reply);
            channel.close();
            sender.join();
            return new String(reply, 0, Math.max(0, count), StandardCharsets.ISO_8859_1) + (count < 0 ? "nothing" : "");
        }
    }

    /** Proportional set size in bytes. */
    private static long memory(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/smaps_rollup")).stream()
                .filter(line -> line.startsWith("Pss:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                .findFirst()
                .orElseThrow();
    }
}
