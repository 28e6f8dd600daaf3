package dev.naru.image;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Errno;
import dev.naru.linux.FileCalls;
import dev.naru.linux.LinuxException;
import dev.naru.linux.LoopDevice;
import dev.naru.linux.Syscall;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How this kernel mounts EROFS images.
 *
 * @param way from the file itself (Linux 6.12) or through a loop device
 * @param blockBits the smallest block size it reads, as a power of two
 */
record ErofsMount(Way way, int blockBits) {
    private static final long MS_RDONLY = 1;
    private static final long MS_NOSUID = 2;
    private static final long MS_NODEV = 4;
    private static final long MS_NOATIME = 1024;
    private static final int MNT_DETACH = 2;

    enum Way {
        FILE,
        LOOP
    }

    private static final List<ErofsMount> WAYS = List.of(
            new ErofsMount(Way.FILE, 9),
            new ErofsMount(Way.FILE, 12),
            new ErofsMount(Way.LOOP, 9),
            new ErofsMount(Way.LOOP, 12));

    /**
     * Tries the ways, best first, in a directory where files can be made.
     *
     * @throws NaruException NOT_SUPPORTED when the kernel knows none
     */
    static ErofsMount probe(Path directory) {
        String reason = "";
        for (ErofsMount each : WAYS) {
            try {
                each.attempt(directory);
                return each;
            } catch (LinuxException failure) {
                reason = String.valueOf(failure.getMessage());
            } catch (IOException failure) {
                throw Failures.of("cannot try EROFS in " + directory, failure);
            }
        }
        throw new NaruException(
                ErrorKind.NOT_SUPPORTED,
                "this kernel cannot mount EROFS images",
                reason,
                "use the storage driver overlay2");
    }

    private void attempt(Path directory) throws IOException {
        Path place = Files.createTempDirectory(directory, "probe.");
        Path file = place.resolve("image");
        Path mountpoint = Files.createDirectory(place.resolve("mount"));
        try {
            try (var writer = new ErofsWriter(file, blockBits)) {
                writer.finish(ErofsNode.directory(null, ""));
            }
            mount(file, mountpoint);
            unmount(mountpoint);
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(mountpoint);
            Files.deleteIfExists(place);
        }
    }

    /** Mounts an image; the mount keeps the file, also when its name goes. */
    void mount(Path file, Path mountpoint) {
        switch (way) {
            case FILE -> mount(file.toString(), mountpoint);
            case LOOP -> {
                try (LoopDevice device = LoopDevice.attach(file.toString())) {
                    mount(device.path(), mountpoint);
                }
            }
        }
    }

    private static void mount(String source, Path mountpoint) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment type = arena.allocateFrom("erofs");
            Syscall.MOUNT.call(
                    mountpoint.toString(),
                    arena.allocateFrom(source).address(),
                    arena.allocateFrom(mountpoint.toString()).address(),
                    type.address(),
                    MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOATIME,
                    0);
        }
    }

    /** Takes a mount away; what uses it goes on. One that is not there is fine. */
    static void unmount(Path mountpoint) {
        try (Arena arena = Arena.ofConfined()) {
            long result = Syscall.UMOUNT2.raw(
                    arena.allocateFrom(mountpoint.toString()).address(), MNT_DETACH, 0);
            if (result < 0 && result != -Errno.EINVAL && result != -Errno.ENOENT) {
                throw new LinuxException("umount2", FileCalls.text(mountpoint.toString()), (int) -result);
            }
        }
    }
}
