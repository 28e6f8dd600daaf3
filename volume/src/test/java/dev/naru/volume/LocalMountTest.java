package dev.naru.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.linux.KernelFile;
import dev.naru.linux.OwnerMap;
import dev.naru.store.Store;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What local volumes mount, and when it is there. */
class LocalMountTest {
    @TempDir
    Path root;

    private Store store;
    private VolumeTable volumes;

    @BeforeEach
    void open() {
        store = Store.open(root);
        volumes = VolumeTable.open(store);
    }

    @AfterEach
    void close() {
        volumes.list().forEach(volume -> {
            volumes.reconcile(holder -> false);
            volumes.users(volume.name()).forEach(user -> volumes.release(volume.name(), user));
            volumes.remove(volume.name(), true);
        });
        store.close();
        assertThat(mounts()).isZero();
        assertThat(devices()).isZero();
    }

    /** As after a kill -9: nothing is told to anybody. */
    private void die() {
        store.close();
        open();
    }

    private long mounts() {
        return KernelFile.read("/proc/self/mountinfo")
                .lines()
                .filter(line -> line.contains(root.toString()))
                .count();
    }

    private long devices() {
        try (var all = Files.list(Path.of("/sys/block"))) {
            return all.filter(device -> KernelFile.readIfPresent(device + "/loop/backing_file")
                            .filter(file -> file.contains(root.toString()))
                            .isPresent())
                    .count();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void create(String name, String... options) {
        var all = new java.util.HashMap<String, String>();
        for (int i = 0; i < options.length; i += 2) {
            all.put(options[i], options[i + 1]);
        }
        volumes.create(name, "local", all, Map.of());
    }

    @Test
    void tmpfsIsThereFromTheFirstHolderToTheLast() throws IOException {
        create("mem", "type", "tmpfs", "device", "tmpfs", "o", "size=1m,mode=0700,uid=1000,noexec");
        assertThat(mounts()).isZero();
        Path data = volumes.mount("mem", "c1");
        volumes.mount("mem", "c2");
        volumes.mount("mem", "c2");
        assertThat(Files.getAttribute(data, "unix:uid")).isEqualTo(1000);
        assertThat(Files.getAttribute(data, "unix:mode")).isEqualTo(040700);
        assertThatThrownBy(() -> Files.write(data.resolve("large"), new byte[2 << 20]))
                .hasMessageContaining("No space");
        volumes.unmount("mem", "c1");
        assertThat(mounts()).isEqualTo(1);
        volumes.unmount("mem", "c2");
        volumes.unmount("mem", "c2");
        assertThat(mounts()).isZero();
    }

    @Test
    void mountsSurviveTheEngineForThoseWhoRunOnly() throws IOException {
        create("mem", "type", "tmpfs", "device", "tmpfs");
        create("idle", "type", "tmpfs", "device", "tmpfs");
        Path data = volumes.mount("mem", "running");
        volumes.mount("mem", "copy:1");
        volumes.mount("idle", "ended");
        Files.writeString(data.resolve("file"), "kept");
        die();
        volumes.reconcile("running"::equals);
        assertThat(mounts()).isEqualTo(1);
        assertThat(data.resolve("file")).hasContent("kept");
        volumes.unmount("mem", "running");
        assertThat(mounts()).isZero();
    }

    @Test
    void sizedVolumesHoldNoMore() throws IOException {
        create("sized", "size", "8m", "uid", "1000", "gid", "1001", "mode", "0750");
        assertThat(mounts()).isZero();
        Path data = volumes.mount("sized", "c1");
        assertThat(data).isEmptyDirectory();
        assertThat(Files.getAttribute(data, "unix:uid")).isEqualTo(1000);
        assertThat(Files.getAttribute(data, "unix:gid")).isEqualTo(1001);
        assertThat(Files.getAttribute(data, "unix:mode")).isEqualTo(040750);
        Files.writeString(data.resolve("small"), "kept");
        assertThatThrownBy(() -> Files.write(data.resolve("large"), new byte[9 << 20]))
                .isInstanceOf(IOException.class);
        Files.delete(data.resolve("large"));
        volumes.unmount("sized", "c1");
        die();
        assertThat(volumes.mount("sized", "c2").resolve("small")).hasContent("kept");
        volumes.unmount("sized", "c2");
        assertThat(volumes.usage("sized")).isBetween(1L, 8L << 20);
    }

    @Test
    void filesAreMountedThroughOneDeviceHoweverManyVolumesNameThem(@TempDir Path host) throws IOException {
        Path image = host.resolve("disk.img");
        try (var file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(16 << 20);
        }
        new ProcessBuilder("mkfs.ext4", "-q", "-F", image.toString())
                .inheritIO()
                .start()
                .onExit()
                .join();
        create("one", "type", "ext4", "device", image.toString());
        create("two", "type", "ext4", "device", image.toString(), "o", "loop");
        Path data = volumes.mount("one", "c1");
        Files.writeString(data.resolve("file"), "shared");
        assertThat(volumes.mount("two", "c2").resolve("file")).hasContent("shared");
        volumes.unmount("one", "c1");
        volumes.unmount("two", "c2");
    }

    @Test
    void failuresSayWhatToDoAndLeaveNothing() {
        create(
                "gone",
                "type",
                "none",
                "o",
                "bind",
                "device",
                root.resolve("missing").toString());
        assertThatThrownBy(() -> volumes.mount("gone", "c1"))
                .hasMessageStartingWith("error while mounting volume '" + root + "/volumes/gone/_data': failed to mount"
                        + " local volume: mount " + root + "/missing:" + root
                        + "/volumes/gone/_data: no such file or directory");
        create("share", "type", "nfs", "device", ":/srv", "o", "addr=localhost,password=secret,rw,nolock");
        assertThatThrownBy(() -> volumes.mount("share", "c1"))
                .hasMessageContaining("data: addr=127.0.0.1,password=********,nolock")
                .hasMessageContaining("no such device")
                .hasMessageContaining("has no file system nfs");
        create("far", "type", "nfs", "device", "no.such.host.invalid:/srv");
        assertThatThrownBy(() -> volumes.mount("far", "c1")).hasMessageContaining("lookup no.such.host.invalid");
        assertThat(mounts()).isZero();
    }

    @Test
    void ownersThatWereAskedForStayWhenAnImageFillsTheVolume(@TempDir Path image) throws IOException {
        Files.createDirectories(image.resolve("srv"));
        Files.writeString(image.resolve("srv/file"), "content");
        create("owned", "o", "uid=1000,mode=0700");
        volumes.copyUp("owned", image, "/srv", OwnerMap.SAME);
        Path data = volumes.get("owned").mountpoint();
        assertThat(data.resolve("file")).hasContent("content");
        assertThat(Files.getAttribute(data, "unix:uid")).isEqualTo(1000);
        assertThat(Files.getAttribute(data, "unix:mode")).isEqualTo(040700);
    }

    @Test
    void imagesFillWhatIsMountedNotWhatIsBelow(@TempDir Path image) throws IOException {
        Files.writeString(image.resolve("file"), "content");
        create("sized", "size", "4m");
        volumes.copyUp("sized", image, "/", OwnerMap.SAME);
        Path data = volumes.get("sized").mountpoint();
        assertThat(data).isEmptyDirectory();
        assertThat(volumes.mount("sized", "c1").resolve("file")).hasContent("content");
        volumes.unmount("sized", "c1");
    }

    @Test
    void othersMountsInAVolumeAreNotRemovedWithIt(@TempDir Path host) throws Exception {
        Files.writeString(host.resolve("precious"), "data");
        create("data");
        Path point = Files.createDirectory(volumes.get("data").mountpoint().resolve("point"));
        assertThat(new ProcessBuilder("mount", "--bind", host.toString(), point.toString())
                        .start()
                        .waitFor())
                .isZero();
        try {
            assertThatThrownBy(() -> volumes.remove("data", true))
                    .hasMessageContaining("something is mounted at " + point);
        } finally {
            new ProcessBuilder("umount", point.toString()).start().waitFor();
        }
        assertThat(host.resolve("precious")).hasContent("data");
    }

    @Test
    void restoringIsAllOrNothing() throws IOException {
        create("data");
        Path data = volumes.get("data").mountpoint();
        Files.writeString(data.resolve("old"), "old");
        assertThatThrownBy(() -> volumes.replace("data", false, next -> {})).hasMessageContaining("it has data");
        assertThatThrownBy(() -> volumes.replace("data", true, next -> {
                    throw new IllegalStateException("no archive");
                }))
                .hasMessage("no archive");
        assertThat(data.resolve("old")).hasContent("old");
        volumes.replace("data", true, next -> write(next.resolve("new")));
        assertThat(data).isDirectoryContaining("glob:**/new").isDirectoryNotContaining("glob:**/old");
        assertThat(root.resolve("volumes/data")).isDirectoryNotContaining("glob:**/_next");
    }

    private static void write(Path file) {
        try {
            Files.writeString(file, "x");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
