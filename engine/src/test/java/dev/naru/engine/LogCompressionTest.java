package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.engine.ContainerService.LogQuery;
import dev.naru.wire.ContainerCreateRequestBuilder;
import dev.naru.wire.LogConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rotated logs are compressed by the engine, and read as if they were not. */
@SuppressWarnings("NullAway") // A null here is a failed test.
class LogCompressionTest {
    private static final String BRIDGE = "nlc" + ProcessHandle.current().pid();
    private static final int LINES = 30_000;

    @RegisterExtension
    final EngineLab lab = new EngineLab(BRIDGE);

    private String create(String driver, String script) {
        var request = ContainerCreateRequestBuilder.builder()
                .image("busybox")
                .cmd(List.of("sh", "-c", script))
                .hostConfig(TestEngine.hostWith(host -> host.networkMode("none")
                        .logConfig(new LogConfig(
                                driver, Map.of("compress", "true", "max-size", "200k", "max-file", "50")))))
                .build();
        return lab.engine().containers().create("logs", null, request).id();
    }

    private static String counting(int from, int to) {
        return "i=" + from + "; while [ $i -le " + to + " ]; do echo line $i; i=$((i+1)); done";
    }

    private List<String> read(String id, boolean follow, int tail, long since) throws IOException {
        var output = new ByteArrayOutputStream();
        var query = new LogQuery(follow, true, true, since, 0, false, tail, false);
        try (var session = lab.engine().containers().logs(id, query)) {
            session.writeTo(output);
        }
        var text = new StringBuilder();
        var frames = ByteBuffer.wrap(output.toByteArray());
        while (frames.hasRemaining()) {
            byte[] payload = new byte[frames.position(frames.position() + 4).getInt()];
            frames.get(payload);
            text.append(new String(payload, StandardCharsets.UTF_8));
        }
        return text.toString().lines().toList();
    }

    private static List<String> lines(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(i -> "line " + i).toList();
    }

    private List<String> rotated(String id) throws IOException {
        var paths = new ContainerPaths(lab.engine().config());
        var names = new ArrayList<String>();
        for (Path log : List.of(paths.jsonLog(id), paths.localLog(id))) {
            if (Files.isDirectory(log.getParent())) {
                try (Stream<Path> files = Files.list(log.getParent())) {
                    files.map(file -> file.getFileName().toString())
                            .filter(name -> name.startsWith(log.getFileName() + "."))
                            .forEach(names::add);
                }
            }
        }
        return names;
    }

    private void awaitCompressed(String id) throws Exception {
        while (!rotated(id).stream().allMatch(name -> name.matches(".*\\.[0-9]+\\.gz"))) {
            Thread.sleep(10);
        }
    }

    private void awaitEnd(String id) throws InterruptedException {
        try (var waiter = lab.engine().containers().waiter(id, "not-running")) {
            waiter.await();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"json-file", "local"})
    void rotatedFilesAreCompressedAndReadThrough(String driver) throws Exception {
        String id = create(driver, counting(1, LINES));
        lab.engine().containers().start(id, null);
        List<String> followed = read(id, true, -1, 0);
        awaitEnd(id);
        awaitCompressed(id);
        assertThat(rotated(id)).hasSizeGreaterThan(2);
        assertThat(followed).isEqualTo(lines(1, LINES));
        assertThat(read(id, false, -1, 0)).isEqualTo(lines(1, LINES));
        assertThat(read(id, false, 20_000, 0)).isEqualTo(lines(LINES - 19_999, LINES));
        assertThat(read(id, false, -1, Timestamps.now() - 3_600_000_000_000L)).isEqualTo(lines(1, LINES));
    }

    @Test
    void aReaderBehindTheRotationFindsWhatFollows() throws Exception {
        String id = create("json-file", counting(1, LINES) + "; sleep 1000");
        lab.engine().containers().start(id, null);
        var paths = new ContainerPaths(lab.engine().config());
        while (!Files.exists(paths.jsonLog(id))) {
            Thread.sleep(1);
        }
        // Opened as the first file of all, read when that is long compressed and others are between.
        OpenLog first = OpenLog.open(paths.jsonLog(id), false).orElseThrow();
        boolean isFirst = rotated(id).isEmpty();
        while (read(id, false, 1, 0).stream().noneMatch(("line " + LINES)::equals)) {
            Thread.sleep(20);
        }
        awaitCompressed(id);
        int files = rotated(id).size();
        int steps = 0;
        for (OpenLog at = first; ; steps++) {
            var next = LogFiles.successor(paths.jsonLog(id), at);
            at.close();
            if (next.isEmpty()) {
                break;
            }
            at = next.get();
        }
        assertThat(steps).isLessThanOrEqualTo(files);
        if (isFirst) {
            assertThat(steps).isEqualTo(files);
        }
    }

    /** Numbers of inodes are given out again, and a compressed file may get that of a log before it. */
    @Test
    void aCompressedFileIsNotTakenForTheLogThatHadItsNumber(@TempDir Path directory) throws Exception {
        Path log = Files.writeString(directory.resolve("log"), "third");
        Path second = directory.resolve("log.1.gz");
        Path first = directory.resolve("log.2.gz");
        LogArchive.write(log, 1, first);
        LogArchive.write(log, LogArchive.inode(first), second);
        try (OpenLog at = OpenLog.open(first, true).orElseThrow();
                OpenLog next = LogFiles.successor(log, at).orElseThrow()) {
            assertThat(next.isAt(second)).isTrue();
        }
    }

    @Test
    void anEngineThatWasDeadCatchesUp() throws Exception {
        String id;
        lab.engine().close();
        var process = new EngineProcess(lab.directory(), BRIDGE);
        try {
            id = process.runLogged("late", counting(1, LINES) + "; sleep 1000");
        } finally {
            process.kill();
        }
        var paths = new ContainerPaths(lab.directory(), lab.directory().resolve("run"));
        while (!Files.exists(paths.jsonLog(id).resolveSibling(id + "-json.log.3"))
                && !Files.exists(paths.jsonLog(id).resolveSibling(id + "-json.log.3.gz"))) {
            Thread.sleep(10);
        }
        // As a death in the middle of compression leaves it.
        Files.writeString(paths.jsonLog(id).resolveSibling(id + "-json.log.gz.new"), "torn");
        lab.open();
        while (read(id, false, 1, 0).stream().noneMatch(("line " + LINES)::equals)) {
            Thread.sleep(20);
        }
        awaitCompressed(id);
        assertThat(read(id, false, -1, 0)).isEqualTo(lines(1, LINES));
    }

    @Test
    void aReplacementThatDiedHalfwayLosesNothing() throws Exception {
        String id = create("json-file", counting(1, LINES));
        lab.engine().containers().start(id, null);
        awaitEnd(id);
        awaitCompressed(id);
        Path log = new ContainerPaths(lab.engine().config()).jsonLog(id);
        lab.engine().close();
        Path packed = log.resolveSibling(log.getFileName() + ".2.gz");
        try (var in = new java.util.zip.GZIPInputStream(Files.newInputStream(packed))) {
            Files.write(log.resolveSibling(log.getFileName() + ".2"), in.readAllBytes());
        }
        lab.open();
        awaitCompressed(id);
        assertThat(read(id, false, -1, 0)).isEqualTo(lines(1, LINES));
    }
}
