package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.Syscall;
import dev.naru.wire.ContainerCreateRequestBuilder;
import dev.naru.wire.MountRequest;
import dev.naru.wire.MountRequestBuilder;
import dev.naru.wire.MountRequestVolumeOptions;
import dev.naru.wire.VolumeCreateOptionsBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A volume's content is in the hands of containers, which may change it at any moment. */
@SuppressWarnings("NullAway") // A null here is a failed test.
class VolumeEscapeTest {
    private static final String BRIDGE = "nve" + ProcessHandle.current().pid();
    private static final int EXCHANGE = 2;

    @TempDir
    Path directory;

    private Engine engine;
    private Path volume;
    private Path secret;

    @BeforeEach
    void open() throws IOException {
        engine = Engine.open(
                EngineConfig.builder(directory.resolve("data")).bridge(BRIDGE).build());
        BusyboxImage.load(engine);
        volume = Path.of(engine.volumes()
                .create(VolumeCreateOptionsBuilder.builder().name("shared").build())
                .mountpoint());
        secret = Files.createDirectory(directory.resolve("secret"));
        Files.writeString(secret.resolve("file"), "secret");
    }

    @AfterEach
    void close() {
        for (Container container :
                List.copyOf(((Containers) engine.containers()).table().all())) {
            engine.containers().remove(container.id(), true, true, false);
        }
        engine.close();
        TestBridge.remove(BRIDGE);
    }

    private String create(String name, String subpath, String script) {
        MountRequest mount = MountRequestBuilder.builder()
                .type("volume")
                .source("shared")
                .target("/mnt")
                .volumeOptions(new MountRequestVolumeOptions(null, null, null, subpath))
                .build();
        return engine.containers()
                .create(
                        name,
                        null,
                        ContainerCreateRequestBuilder.builder()
                                .image("busybox")
                                .cmd(List.of("sh", "-c", script))
                                .hostConfig(TestEngine.hostWith(
                                        host -> host.networkMode("none").mounts(List.of(mount))))
                                .build())
                .id();
    }

    private int run(String id) throws InterruptedException {
        try (var waiter = engine.containers().waiter(id, "next-exit")) {
            engine.containers().start(id, null);
            return waiter.await().exitCode();
        }
    }

    @Test
    void aSubpathThatIsALinkToTheHostIsRefused() throws Exception {
        Files.createDirectory(volume.resolve("part"));
        String id = create("link", "part", "true");
        Files.delete(volume.resolve("part"));
        Files.createSymbolicLink(volume.resolve("part"), secret);
        assertThatThrownBy(() -> engine.containers().start(id, null))
                .isInstanceOf(NaruException.class)
                .hasMessageContaining("leads out of volume shared");
        // Nor is it copied from, while the container does not run.
        assertThatThrownBy(() -> {
                    try (var archive = engine.containers().archive(id, "/mnt/file")) {
                        archive.writeTo(new ByteArrayOutputStream());
                    }
                })
                .isInstanceOf(NaruException.class);
    }

    @Test
    void aLinkWithinTheVolumeIsFollowed() throws Exception {
        Files.createDirectory(volume.resolve("real"));
        Files.writeString(volume.resolve("real/file"), "mine");
        Files.createSymbolicLink(volume.resolve("part"), Path.of("real"));
        assertThat(run(create("inside", "part", "[ $(cat /mnt/file) = mine ]"))).isZero();
    }

    @Test
    void aSubpathThatChangesDuringTheStartNeverLeadsOut() throws Exception {
        Files.createDirectory(volume.resolve("part"));
        Files.writeString(volume.resolve("part/file"), "mine");
        Files.createSymbolicLink(volume.resolve("other"), secret);
        Thread racer = Thread.ofPlatform().daemon().start(() -> swap(volume));
        try {
            int refused = 0;
            for (int i = 0; i < 60; i++) {
                String id = create("race" + i, "part", "[ \"$(cat /mnt/file)\" = mine ]");
                try {
                    assertThat(run(id)).as("what the container has read").isZero();
                } catch (NaruException failure) {
                    refused++;
                    assertThat(failure).hasMessageContaining("leads out of volume");
                }
                engine.containers().remove(id, true, true, false);
            }
            assertThat(refused).isBetween(1, 59);
        } finally {
            racer.interrupt();
            racer.join();
        }
    }

    /** Exchanges the directory and the link, again and again, as a container that has the volume can. */
    private static void swap(Path volume) {
        try (Descriptor open = Descriptor.open(volume.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0);
                Arena arena = Arena.ofConfined()) {
            long part = arena.allocateFrom("part").address();
            long other = arena.allocateFrom("other").address();
            while (!Thread.currentThread().isInterrupted()) {
                Syscall.RENAMEAT2.raw(open.number(), part, open.number(), other, EXCHANGE, 0);
                LockSupport.parkNanos(100_000);
            }
        }
    }
}
