package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.engine.ContainerService.LogQuery;
import dev.naru.engine.ImageService.ImportRequest;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.wire.ContainerCreateRequest;
import dev.naru.wire.ContainerCreateRequestBuilder;
import dev.naru.wire.ExecCreateRequestBuilder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine's disk, a small file system of its own, is full. */
@SuppressWarnings("NullAway") // A null here is a failed test.
class FullDiskTest {
    private static final String BRIDGE = "nfd" + ProcessHandle.current().pid();

    @TempDir
    Path directory;

    private Path disk;
    private Engine engine;

    @BeforeEach
    void open() throws Exception {
        Path file = directory.resolve("disk.img");
        try (var image = new java.io.RandomAccessFile(file.toFile(), "rw")) {
            image.setLength(64 << 20);
        }
        disk = Files.createDirectory(directory.resolve("disk"));
        call("mkfs.ext4", "-q", "-m", "0", file.toString());
        call("mount", "-o", "loop", file.toString(), disk.toString());
        engine = Engine.open(EngineConfig.builder(disk.resolve("data"))
                .execRoot(directory.resolve("run"))
                .bridge(BRIDGE)
                .build());
        BusyboxImage.load(engine);
    }

    @AfterEach
    void close() throws Exception {
        Files.deleteIfExists(ballast());
        for (Container container : List.copyOf(table().all())) {
            engine.containers().remove(container.id(), true, true, false);
        }
        engine.close();
        TestBridge.remove(BRIDGE);
        call("umount", disk.toString());
    }

    private static void call(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private ContainerTable table() {
        return ((Containers) engine.containers()).table();
    }

    private Path ballast() {
        return disk.resolve("ballast");
    }

    private void fill() throws IOException {
        for (int size : List.of(1 << 20, 4096, 1)) {
            byte[] block = new byte[size];
            try (OutputStream out = Files.newOutputStream(
                    ballast(), java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND)) {
                while (true) {
                    out.write(block);
                }
            } catch (IOException full) {
                assertThat(full).hasMessageContaining("No space left");
            }
        }
    }

    private static ContainerCreateRequest busybox(String script) {
        return ContainerCreateRequestBuilder.builder()
                .image("busybox")
                .cmd(List.of("sh", "-c", script))
                .hostConfig(TestEngine.hostWith(host -> host.networkMode("none")))
                .build();
    }

    private String run(String name, String script) {
        String id = engine.containers().create(name, null, busybox(script)).id();
        engine.containers().start(id, null);
        return id;
    }

    private int end(String id) throws InterruptedException {
        try (var waiter = engine.containers().waiter(id, "not-running")) {
            return waiter.await().exitCode();
        }
    }

    /** Either there was room for it after all, or the answer tells what is missing. */
    private static boolean fails(ThrowingCallable work) {
        try {
            work.call();
            return false;
        } catch (NaruException failure) {
            assertThat(failure.kind()).as(failure.toString()).isEqualTo(ErrorKind.UNAVAILABLE);
            assertThat(failure.toString()).containsAnyOf("o space left on device", "disk is full", "disk full");
            return true;
        } catch (Throwable other) {
            throw new AssertionError("not an answer for a client", other);
        }
    }

    private long free() throws IOException {
        return Files.getFileStore(disk).getUsableSpace();
    }

    private static <T> T eventually(Callable<T> value, java.util.function.Predicate<T> wanted) throws Exception {
        for (int i = 0; i < 500 && !wanted.test(value.call()); i++) {
            Thread.sleep(20);
        }
        return value.call();
    }

    private void importFile(String name, int size) {
        byte[] content = new byte[size];
        new Random(7).nextBytes(content);
        engine.images()
                .importRootfs(
                        new ByteArrayInputStream(BusyboxImage.single("big", content)),
                        new ImportRequest(name, "latest", null, List.of(), null));
    }

    @Test
    void imagesThatDoNotFitLeaveNothing() throws Exception {
        long before = free();
        assertThat(fails(() -> importFile("big", 80 << 20))).isTrue();
        assertThat(engine.images().list(true, Filters.NONE, false, false)).hasSize(1);
        assertThat(engine.system().check(false)).isEmpty();
        assertThat(eventually(this::free, free -> free > before - (2 << 20))).isGreaterThan(before - (2 << 20));
        importFile("small", 1 << 20);
        assertThat(engine.images().list(true, Filters.NONE, false, false)).hasSize(2);
    }

    @Test
    void aPullThatDoesNotFitGivesItsSpaceBackAndWorksWhenThereIsRoom() throws Exception {
        byte[] content = new byte[18 << 20];
        new Random(9).nextBytes(content);
        byte[] block = new byte[1 << 20];
        try (OutputStream out = Files.newOutputStream(ballast())) {
            while (free() > (24 << 20)) {
                out.write(block);
            }
        }
        long before = free();
        try (var registry = new OneImageRegistry(BusyboxImage.single("large", content))) {
            for (int i = 0; i < 2; i++) {
                assertThat(fails(() -> engine.transfers().pull(registry.name(), false, null, null, line -> {})))
                        .isTrue();
                assertThat(eventually(this::free, free -> free > before - (1 << 20)))
                        .isGreaterThan(before - (1 << 20));
                assertThat(engine.images().list(true, Filters.NONE, false, false))
                        .hasSize(1);
                assertThat(engine.system().check(false)).isEmpty();
            }
            Files.delete(ballast());
            engine.transfers().pull(registry.name(), false, null, null, line -> {});
            assertThat(engine.images().list(true, Filters.NONE, false, false)).hasSize(2);
            assertThat(engine.system().check(false)).isEmpty();
        }
    }

    @Test
    void aFullDiskIsToldAndTheEngineGoesOn() throws Exception {
        String keeps = run("keeps", "trap 'exit 0' TERM; while :; do sleep 0.1; done");
        fill();
        for (int i = 0; i < 20; i++) {
            String name = "full" + i;
            if (!fails(() -> run(name, "true"))) {
                fails(() -> end(name));
            }
        }
        fails(() -> engine.images()
                .commit(
                        new ImageService.CommitRequest(keeps, "committed", "latest", null, null, true, List.of()),
                        null));
        fails(() -> exec(keeps, "true"));
        fill();
        assertThat(fails(() -> importFile("big", 1 << 20))).isTrue();
        Files.delete(ballast());
        assertThat(end(run("after", "exit 3"))).isEqualTo(3);
        assertThat(engine.containers().inspect(keeps, false).state().running()).isTrue();
        exec(keeps, "true");
        for (Container container : List.copyOf(table().all())) {
            assertThat(container.status().phase()).isNotEqualTo(ContainerStatus.Phase.STARTING);
            engine.containers().remove(container.id(), true, true, false);
        }
        engine.close();
        engine = Engine.open(engine.config());
        assertThat(engine.system().check(false)).isEmpty();
        assertThat(table().all()).isEmpty();
    }

    private void exec(String container, String command) {
        String id = engine.execs()
                .create(
                        container,
                        ExecCreateRequestBuilder.builder().cmd(List.of(command)).build());
        engine.execs().startDetached(id);
    }

    @Test
    void containersAndTheirLogsGoOn() throws Exception {
        String writes =
                run("writes", "dd if=/dev/zero of=/big bs=1M count=100 2>/dev/null; echo $?; rm /big; echo gone");
        assertThat(end(writes)).isZero();
        assertThat(log(writes)).isEqualTo("1\ngone\n");
        String talks = run("talks", "echo first; while [ ! -e /go ]; do echo lost; sleep 0.01; done; echo last");
        eventually(() -> log(talks), text -> text.contains("first"));
        fill();
        Thread.sleep(200);
        fill();
        Thread.sleep(200);
        Files.delete(ballast());
        Path root = Path.of("/proc/" + table().get(talks).status().pid() + "/root/go");
        eventually(() -> log(talks), text -> text.contains("log entries lost here"));
        Files.createFile(root);
        end(talks);
        assertThat(log(talks))
                .startsWith("first\n")
                .contains("log entries lost here")
                .endsWith("last\n");
    }

    private String log(String id) throws IOException {
        var output = new ByteArrayOutputStream();
        try (var session = engine.containers().logs(id, new LogQuery(false, true, true, 0, 0, false, -1, false))) {
            session.writeTo(output);
        }
        var text = new StringBuilder();
        var frames = java.nio.ByteBuffer.wrap(output.toByteArray());
        while (frames.hasRemaining()) {
            byte[] payload = new byte[frames.position(frames.position() + 4).getInt()];
            frames.get(payload);
            text.append(new String(payload, StandardCharsets.UTF_8));
        }
        return text.toString();
    }
}
