package dev.naru.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.engine.ContainerService.LogQuery;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordedOutputTest {
    private static final LogQuery ALL = new LogQuery(false, true, true, 0, 0, false, -1, false);
    private final DirectoryWatch watch = new DirectoryWatch();
    private Path file = Path.of("");

    @TempDir
    Path directory;

    @BeforeEach
    void choosePath() {
        file = directory.resolve("x-json.log");
    }

    @AfterEach
    void closeWatch() {
        watch.close();
    }

    @Test
    void framesEachEntryOfItsStream() throws IOException {
        append(line("a\\n", "stdout", "2026-01-02T03:04:05.1Z"), line("b\\n", "stderr", "2026-01-02T03:04:06Z"));
        assertThat(bytes(ALL, false))
                .isEqualTo(new byte[] {1, 0, 0, 0, 0, 0, 0, 2, 'a', '\n', 2, 0, 0, 0, 0, 0, 0, 2, 'b', '\n'});
        assertThat(read(new LogQuery(false, false, true, 0, 0, false, -1, false)))
                .isEqualTo("b\n");
    }

    @Test
    void undoesEscapes() throws IOException {
        append(line("\\u003c\\\"\\\\\\t\\u00e9\\ud83d\\ude00\\ud83dx\\n", "stdout", "2026-01-02T03:04:05Z"));
        assertThat(read(ALL)).isEqualTo("<\"\\\té😀�x\n");
    }

    @Test
    void showsPaddedTimesAndSortedAttributes() throws IOException {
        append("{\"log\":\"a\\n\",\"stream\":\"stdout\",\"attrs\":{\"z\":\"1 2\",\"b\":\"=\"},"
                + "\"time\":\"2026-01-02T03:04:05.12Z\"}\n");
        assertThat(read(new LogQuery(false, true, true, 0, 0, true, -1, true)))
                .isEqualTo("2026-01-02T03:04:05.120000000Z b=%3D,z=1+2 a\n");
    }

    @Test
    void selectsByTime() throws IOException {
        append(line("1\\n", "stdout", "2026-01-02T03:04:05Z"), line("2\\n", "stdout", "2026-01-02T03:04:05.5Z"));
        append(line("3\\n", "stdout", "2026-01-02T03:04:06Z"));
        long second = Timestamps.parse("2026-01-02T03:04:05.5Z");
        assertThat(read(new LogQuery(false, true, true, second, 0, false, -1, false)))
                .isEqualTo("2\n3\n");
        assertThat(read(new LogQuery(false, true, true, 0, second, false, -1, false)))
                .isEqualTo("1\n2\n");
    }

    @Test
    void readsRotatedFilesOldestFirst() throws IOException {
        write("x-json.log.2", line("1\\n", "stdout", "2026-01-02T03:04:05Z"));
        compress("x-json.log.3.gz", line("0\\n", "stdout", "2026-01-02T03:04:04Z"));
        write("x-json.log.1", line("2\\n", "stdout", "2026-01-02T03:04:06Z"));
        append(line("3\\n", "stdout", "2026-01-02T03:04:07Z"));
        assertThat(read(ALL)).isEqualTo("0\n1\n2\n3\n");
        assertThat(read(tail(2))).isEqualTo("2\n3\n");
        assertThat(read(tail(4))).isEqualTo("0\n1\n2\n3\n");
        assertThat(read(tail(0))).isEmpty();
    }

    @Test
    void leavesOutTornAndCorruptLines() throws IOException {
        append(line("1\\n", "stdout", "2026-01-02T03:04:05Z"), "{\"log\":\"x\n", "\n", "rubbish\n", "{}\n");
        append(line("2\\n", "stdout", "2026-01-02T03:04:05Z"), "{\"log\":\"torn");
        assertThat(read(ALL)).isEqualTo("1\n2\n");
        assertThat(read(tail(1))).isEqualTo("2\n");
    }

    @Test
    void noInputMakesItFail() throws IOException {
        Random random = new Random(7);
        byte[] good = line("hello \\n", "stdout", "2026-01-02T03:04:05.123456789Z")
                .repeat(50)
                .getBytes(UTF_8);
        for (int round = 0; round < 500; round++) {
            byte[] damaged = good.clone();
            for (int i = 0; i < 20; i++) {
                damaged[random.nextInt(damaged.length)] = (byte) "\"\\{}:,\nu1".charAt(random.nextInt(9));
            }
            Files.write(file, damaged);
            assertThat(bytes(new LogQuery(false, true, true, 1, 0, true, 30, true), false))
                    .isNotNull();
        }
    }

    @Test
    void joinsPiecesOfALongLine() throws IOException {
        String piece = "x".repeat(16 << 10);
        append(line(piece, "stdout", "2026-01-02T03:04:05Z"), line("end\\n", "stdout", "2026-01-02T03:04:05Z"));
        assertThat(read(ALL)).isEqualTo(piece + "end\n");
    }

    @Test
    void readsTheLocalFormat() throws IOException {
        var records = new ByteArrayOutputStream();
        for (int i = 0; i < 10; i++) {
            records.write(record(i == 5 ? 129 : 1, 1_000_000_000L * i, "line " + i));
        }
        Files.write(file, records.toByteArray());
        assertThat(readLocal(tail(2))).isEqualTo("line 8\nline 9\n");
        assertThat(readLocal(new LogQuery(false, true, true, 0, 1, true, -1, false)))
                .isEqualTo("1970-01-01T00:00:00.000000000Z line 0\n");
        records.write(record(2, 5, "torn"), 0, 15);
        Files.write(file, records.toByteArray());
        assertThat(readLocal(tail(6))).isEqualTo("line 4\nline 5line 6\nline 7\nline 8\nline 9\n");
    }

    @Test
    void followsAcrossRotationsUntilTheContainerHasEnded() throws Exception {
        append(line("0\\n", "stdout", "2026-01-02T03:04:05Z"));
        var container = new FakeRunningContainer();
        var query = new LogQuery(true, true, true, 0, 0, false, -1, false);
        var output = new ByteArrayOutputStream();
        var begun = new CountDownLatch(1);
        try (var session = new RecordedOutput(file, new JsonLogFormat(), query, true, container, watch)) {
            Thread reader = Thread.ofVirtual().start(() -> run(session, signalling(output, begun)));
            begun.await();
            var expected = new StringBuilder("0\n");
            for (int i = 1; i < 3000; i++) {
                append(line(i + "\\n", "stdout", "2026-01-02T03:04:05Z"));
                expected.append(i).append('\n');
                if (i % 700 == 0) {
                    rotate();
                }
            }
            container.end(0);
            reader.join();
            assertThat(output.toString(UTF_8)).isEqualTo(expected.toString());
        }
    }

    @Test
    void endsWhenTheSessionIsClosed() throws Exception {
        var query = new LogQuery(true, true, true, 0, 0, false, 0, false);
        var session = new RecordedOutput(file, new JsonLogFormat(), query, true, new FakeRunningContainer(), watch);
        Thread reader = Thread.ofVirtual().start(() -> run(session, OutputStream.nullOutputStream()));
        session.close();
        assertThat(reader.join(java.time.Duration.ofMinutes(1))).isTrue();
    }

    private static void run(RecordedOutput session, OutputStream output) {
        try {
            session.writeTo(output);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static OutputStream signalling(OutputStream target, CountDownLatch begun) {
        return new java.io.FilterOutputStream(target) {
            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                out.write(bytes, offset, length);
                begun.countDown();
            }
        };
    }

    private void rotate() throws IOException {
        for (int i = 4; i >= 1; i--) {
            Path from = directory.resolve("x-json.log." + i);
            if (Files.exists(from)) {
                Files.move(from, directory.resolve("x-json.log." + (i + 1)));
            }
        }
        Files.move(file, directory.resolve("x-json.log.1"));
        Files.createFile(file);
    }

    private static LogQuery tail(int lines) {
        return new LogQuery(false, true, true, 0, 0, false, lines, false);
    }

    private static byte[] record(int stream, long time, String text) {
        byte[] line = text.getBytes(UTF_8);
        return ByteBuffer.allocate(17 + line.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(9 + line.length)
                .put((byte) stream)
                .putLong(time)
                .put(line)
                .putInt(9 + line.length)
                .array();
    }

    private String read(LogQuery query) throws IOException {
        return new String(bytes(query, true), UTF_8);
    }

    private byte[] bytes(LogQuery query, boolean tty) throws IOException {
        return bytes(new JsonLogFormat(), query, tty);
    }

    private String readLocal(LogQuery query) throws IOException {
        return new String(bytes(new LocalLogFormat(), query, true), UTF_8);
    }

    private byte[] bytes(LogFormat format, LogQuery query, boolean tty) throws IOException {
        var output = new ByteArrayOutputStream();
        try (var session = new RecordedOutput(file, format, query, tty, null, watch)) {
            session.writeTo(output);
        }
        return output.toByteArray();
    }

    private void append(String... lines) throws IOException {
        Files.writeString(file, String.join("", lines), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private void write(String name, String line) throws IOException {
        Files.writeString(directory.resolve(name), line);
    }

    private void compress(String name, String line) throws IOException {
        try (var target = new GZIPOutputStream(Files.newOutputStream(directory.resolve(name)))) {
            target.write(line.getBytes(UTF_8));
        }
    }

    private static String line(String log, String stream, String time) {
        return "{\"log\":\"" + log + "\",\"stream\":\"" + stream + "\",\"time\":\"" + time + "\"}\n";
    }
}
