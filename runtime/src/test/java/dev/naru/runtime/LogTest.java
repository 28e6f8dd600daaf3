package dev.naru.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
final class LogTest {
    private final ContainerLab lab = new ContainerLab();
    private final String id = ContainerLab.newId();

    @AfterEach
    void close() {
        lab.close();
    }

    private void run(LogTarget log, String... words) throws InterruptedException {
        RunningContainer container = lab.launch(lab.request(id, ContainerLab.PIPES, log, words));
        container.start();
        container.awaitExit();
    }

    private static String text(String line) {
        return line.substring("{\"log\":\"".length(), line.indexOf("\",\"stream\""));
    }

    @Test
    void linesAreWrittenAsDockerWritesThem() throws Exception {
        LogTarget log = new LogTarget.File(
                lab.logFile(id), LogTarget.Format.JSON_FILE, -1, 1, false, Map.of("tag", "a\"b", "app", "x"));
        run(
                log,
                "sh",
                "-c",
                "printf 'a\\t<b>&\"\\\\\\r\\n\\303\\251 \\377 \\342\\200\\250\\n'; echo e >&2; printf tail");

        String[] lines = lab.log(id).split("\n");
        String attributes = ",\"attrs\":{\"app\":\"x\",\"tag\":\"a\\\"b\"},\"time\":\"20";
        assertThat(lab.log(id)).endsWith("Z\"}\n");
        assertThat(lines)
                .anySatisfy(line -> assertThat(line)
                        .startsWith("{\"log\":\"a\\u0009\\u003cb\\u003e\\u0026\\\"\\\\\\r\\n\",\"stream\":\"stdout\""
                                + attributes))
                .anySatisfy(
                        line -> assertThat(line).startsWith("{\"log\":\"é \\ufffd \\u2028\\n\",\"stream\":\"stdout\""))
                .anySatisfy(line -> assertThat(line).startsWith("{\"log\":\"e\\n\",\"stream\":\"stderr\""))
                .anySatisfy(line -> assertThat(line).startsWith("{\"log\":\"tail\",\"stream\":\"stdout\""));
    }

    @Test
    void longLinesAreSplitAt16Kilobytes() throws Exception {
        run(lab.jsonFile(id, -1, 1), "sh", "-c", "head -c 40000 /dev/zero | tr '\\000' x; echo; echo next");

        String[] lines = lab.log(id).split("\n");
        assertThat(lines).hasSize(4);
        assertThat(text(lines[0])).hasSize(16384).doesNotContain("\\n");
        assertThat(text(lines[1])).hasSize(16384).doesNotContain("\\n");
        assertThat(text(lines[2])).hasSize(40000 - 2 * 16384 + 2).endsWith("x\\n");
        assertThat(text(lines[3])).isEqualTo("next\\n");
    }

    @Test
    void rotationLosesAndDoublesNothing() throws Exception {
        int files = 60;
        run(lab.jsonFile(id, 100_000, files), "seq", "1", "30000");

        int expected = 1;
        for (int i = files - 1; i >= 0; i--) {
            Path file = i == 0 ? lab.logFile(id) : Path.of(lab.logFile(id) + "." + i);
            if (Files.exists(file)) {
                assertThat(Files.size(file)).isLessThan(100_200);
                for (String line : Files.readAllLines(file)) {
                    assertThat(text(line)).isEqualTo(expected + "\\n");
                    expected++;
                }
            }
        }
        assertThat(expected).isEqualTo(30_001);
        assertThat(Files.exists(Path.of(lab.logFile(id) + ".5"))).isTrue();
    }

    @Test
    void onlySoManyFilesAreKept() throws Exception {
        run(lab.jsonFile(id, 10_000, 3), "seq", "1", "5000");

        assertThat(Files.exists(Path.of(lab.logFile(id) + ".2"))).isTrue();
        assertThat(Files.exists(Path.of(lab.logFile(id) + ".3"))).isFalse();
    }

    @Test
    void twoHundredMegabytesArriveInOrder() throws Exception {
        try (var out = Files.newBufferedWriter(lab.rootfs.resolve("numbers"))) {
            String filler = "x".repeat(90);
            for (int i = 1; i <= 2_000_000; i++) {
                String number = Integer.toString(100_000_000 + i);
                out.append(number).append(filler).append('\n');
            }
        }
        long start = System.nanoTime();
        run(lab.jsonFile(id, -1, 1), "cat", "/numbers");
        System.getLogger("naru.test")
                .log(System.Logger.Level.INFO, "200 MB logged in {0} ms", (System.nanoTime() - start) / 1_000_000);
        verifyNumbered(2_000_000);
    }

    private void verifyNumbered(int count) {
        try (BufferedReader reader = Files.newBufferedReader(lab.logFile(id))) {
            for (int i = 1; i <= count; i++) {
                String line = reader.readLine();
                assertThat(line).isNotNull();
                if (Integer.parseInt(line, 8, 17, 10) != 100_000_000 + i) {
                    throw new AssertionError("line " + i + " is " + line);
                }
            }
            assertThat(reader.readLine()).isNull();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void localFormIsReadForwardsAndBackwards() throws Exception {
        LogTarget log = new LogTarget.File(lab.logFile(id), LogTarget.Format.LOCAL, -1, 1, false, Map.of());
        run(log, "sh", "-c", "echo one; printf two >&2");

        ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(lab.logFile(id))).order(ByteOrder.LITTLE_ENDIAN);
        int first = all.getInt(0);
        assertThat(first).isEqualTo(12);
        assertThat(all.get(4)).isEqualTo((byte) 1);
        assertThat(new String(all.array(), 13, 3, java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("one");
        assertThat(all.getInt(all.capacity() - 4)).isEqualTo(12);
        int second = all.capacity() - 12 - 8;
        assertThat(all.getInt(second)).isEqualTo(12);
        assertThat(all.get(second + 4)).isEqualTo((byte) (2 | 128));
        assertThat(second).isEqualTo(first + 8);
    }

    @Test
    void fullDiskCostsEntriesNotTheContainer() throws Exception {
        Path disk = Files.createDirectory(lab.directory.resolve("disk"));
        new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk.toString())
                .start()
                .waitFor();
        try {
            LogTarget log = new LogTarget.File(disk.resolve("log"), LogTarget.Format.JSON_FILE, -1, 1, false, Map.of());
            RunningContainer container = lab.launch(
                    lab.request(id, ContainerLab.INTERACTIVE, log, "sh", "-c", "seq 1 20000; read x; echo after"));
            String full;
            try (Attachment attachment = container.attach(true, true, true)) {
                container.start();
                ByteBuffer sink = ByteBuffer.allocate(1 << 16);
                int got = 0;
                while (got < 108_894) {
                    got += attachment.read(sink.clear());
                }
                // What clients have got is in the log already, if it has room.
                full = Files.readString(disk.resolve("log"));
                Files.write(disk.resolve("log"), new byte[0], java.nio.file.StandardOpenOption.TRUNCATE_EXISTING);
                attachment.write(ByteBuffer.wrap("\n".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
                Frames.readAll(attachment);
            }
            assertThat(container.awaitExit().code()).isZero();
            String after = Files.readString(disk.resolve("log"));
            assertThat(after).contains("{\"log\":\"after\\n\"");
            // When a last short entry fitted into what was left, the loss was told there.
            assertThat(full + after).contains("log entries lost here");
        } finally {
            new ProcessBuilder("umount", "-l", disk.toString()).start().waitFor();
        }
    }
}
