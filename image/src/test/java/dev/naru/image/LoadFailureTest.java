package dev.naru.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Syscall;
import dev.naru.store.Store;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadFailureTest {
    @TempDir
    Path root;

    private static void mountTmpfs(Path target, String options) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment tmpfs = arena.allocateFrom("tmpfs");
            Syscall.MOUNT.call(
                    target.toString(),
                    tmpfs.address(),
                    arena.allocateFrom(target.toString()).address(),
                    tmpfs.address(),
                    0,
                    arena.allocateFrom(options).address());
        }
    }

    private static void unmount(Path target) {
        try (Arena arena = Arena.ofConfined()) {
            Syscall.UMOUNT2.call(
                    target.toString(), arena.allocateFrom(target.toString()).address(), 2);
        }
    }

    private static byte[] large(int size) {
        byte[] content = new byte[size];
        new Random(5).nextBytes(content);
        return new ArchiveBuilder()
                .layer(tar -> {
                    for (int i = 0; i < 20; i++) {
                        byte[] part = Arrays.copyOfRange(content, i * (size / 20), (i + 1) * (size / 20));
                        tar.file(TarEntry.file("file" + i, 0644, part.length, 0), part);
                    }
                })
                .build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlay2", "erofs"})
    void aFullDiskLeavesNothingHalfMade(String driver) {
        mountTmpfs(root, "size=12m");
        try (Store store = Store.open(root);
                ImageStore images = ImageStore.open(store, driver, UnpackLimits.DEFAULT)) {
            byte[] archive = large(8 << 20);
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> images.load(new ByteArrayInputStream(archive), progress -> {}))
                        .isInstanceOfSatisfying(
                                NaruException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE))
                        .hasMessageContaining("o space left on device")
                        .hasMessageContaining("free space");
                assertThat(images.list()).isEmpty();
                assertThat(images.check(false)).isEmpty();
                assertThat(store.blobs().list()).isEmpty();
            }
            images.load(new ByteArrayInputStream(large(2 << 20)), progress -> {});
            assertThat(images.list()).hasSize(1);
            images.awaitRemovals();
        } finally {
            unmount(root);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlay2", "erofs"})
    void cutOffAndLyingArchivesLeaveNothing(String driver) {
        try (Store store = Store.open(root);
                ImageStore images = ImageStore.open(store, driver, UnpackLimits.DEFAULT)) {
            byte[] archive = large(1 << 20);
            byte[] cut = Arrays.copyOf(archive, archive.length / 2);
            assertThatThrownBy(() -> images.load(new ByteArrayInputStream(cut), progress -> {}))
                    .hasMessageContaining("unexpected EOF");
            byte[] lying = new ArchiveBuilder()
                    .compressedLayer(
                            ArchiveBuilder.tar(tar -> ArchiveBuilder.file(tar, "a", "b")), "sha256:" + "0".repeat(64))
                    .build();
            assertThatThrownBy(() -> images.load(new ByteArrayInputStream(lying), progress -> {}))
                    .hasMessageContaining("instead of sha256:000");
            assertThatThrownBy(() -> images.load(new ByteArrayInputStream(new byte[0]), progress -> {}))
                    .hasMessageContaining("neither manifest.json nor index.json");
            byte[] deep = ArchiveBuilder.tar(tar -> ArchiveBuilder.file(tar, "manifest.json", "[".repeat(60_000)));
            assertThatThrownBy(() -> images.load(new ByteArrayInputStream(deep), progress -> {}))
                    .isInstanceOfSatisfying(
                            NaruException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID));
            assertThat(images.list()).isEmpty();
            assertThat(images.check(false)).isEmpty();
            assertThat(store.blobs().list()).isEmpty();
        }
    }

    /** A second process loads and dies in the middle; run with the data root, the archive and the storage driver. */
    static final class Loader {
        private Loader() {}

        public static void main(String[] arguments) throws IOException {
            Store store = Store.open(Path.of(arguments[0]));
            String driver = arguments[2];
            ImageStore images = ImageStore.open(store, driver, UnpackLimits.DEFAULT);
            System.out.println("open");
            for (int i = 0; ; i++) {
                try (InputStream archive = Files.newInputStream(Path.of(arguments[1]))) {
                    images.load(archive, progress -> {});
                }
                images.tag("test", "test:n" + i);
                images.remove("test:n" + i, true, true, id -> java.util.Map.of());
                images.remove("test", true, true, id -> java.util.Map.of());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlay2", "erofs"})
    void killedInTheMiddleLeavesACleanStore(String driver) throws Exception {
        Path archive = root.resolve("archive.tar");
        Files.write(archive, large(4 << 20));
        Path data = root.resolve("data");
        var random = new Random(11);
        for (int round = 0; round < 6; round++) {
            Process loader = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin/java").toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Loader.class.getName(),
                            data.toString(),
                            archive.toString(),
                            driver)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (InputStream output = loader.getInputStream()) {
                assertThat(output.read()).isEqualTo('o');
                TimeUnit.MILLISECONDS.sleep(random.nextInt(400));
            } finally {
                loader.destroyForcibly().waitFor();
            }
            try (Store store = Store.open(data);
                    ImageStore images = ImageStore.open(store, driver, UnpackLimits.DEFAULT)) {
                images.awaitRemovals();
                assertThat(images.check(false)).isEmpty();
                assertThat(store.check()).isEmpty();
            }
        }
    }
}
