package dev.naru.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A loop device on a file (loop(4)). The kernel frees it when nothing has it open or mounted any more, so it is closed as
 * soon as it is mounted.
 */
public final class LoopDevice implements AutoCloseable {
    private static final long LOOP_CONFIGURE = 0x4C0A;
    private static final long LOOP_CTL_GET_FREE = 0x4C82;
    private static final long LOOP_GET_STATUS64 = 0x4C05;
    private static final int STATUS_SIZE = 232;
    private static final int READ_ONLY = 1;
    private static final int AUTOCLEAR = 4;
    private static final int CONFIG_SIZE = 304;
    private static final int CONFIG_FLAGS = 8 + 52;
    private static final int ATTEMPTS = 64;

    private final Descriptor device;
    private final String path;

    private LoopDevice(Descriptor device, String path) {
        this.device = device;
        this.path = path;
    }

    /**
     * Attaches a file to a free device, for reading only.
     *
     * @throws LinuxException when there is none, or no loop driver (ENOENT)
     */
    public static LoopDevice attach(String file) {
        return attach(file, true);
    }

    /**
     * The device that a file has already, or a new one: two devices on one file would have a file system each, and ruin
     * it. It also is the one of a file system that was unmounted and that somebody still uses.
     *
     * @throws LinuxException when there is none, or no loop driver (ENOENT)
     */
    public static synchronized LoopDevice shared(String file, boolean readOnly) {
        try (Descriptor backing = Descriptor.open(file, Descriptor.O_RDONLY, 0);
                FileCalls calls = new FileCalls()) {
            FileStatus status = calls.status(backing.number(), "").orElseThrow();
            for (String path : attached()) {
                LoopDevice device = held(path, status);
                if (device != null) {
                    return device;
                }
            }
        }
        return attach(file, readOnly);
    }

    private static List<String> attached() {
        var paths = new ArrayList<String>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/sys/block"), "loop*")) {
            for (Path each : all) {
                if (Files.exists(each.resolve("loop/backing_file"))) {
                    paths.add("/dev/" + each.getFileName());
                }
            }
        } catch (IOException none) {
            return List.of();
        }
        return paths;
    }

    /** The device, open, if it still is on that file: as long as it is open, it stays. */
    private static @Nullable LoopDevice held(String path, FileStatus file) {
        Descriptor device;
        try {
            device = Descriptor.open(path, Descriptor.O_RDONLY, 0);
        } catch (LinuxException gone) {
            return null;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(STATUS_SIZE, 8);
            long result = Syscall.IOCTL.raw(device.number(), LOOP_GET_STATUS64, status.address());
            // As the kernel encodes numbers of devices (huge_encode_dev).
            long number = (file.deviceMinor() & 0xff)
                    | (long) file.deviceMajor() << 8
                    | (file.deviceMinor() & 0xfff00L) << 12;
            if (result == 0
                    && status.get(ValueLayout.JAVA_LONG, 0) == number
                    && status.get(ValueLayout.JAVA_LONG, 8) == file.inode()) {
                return new LoopDevice(device, path);
            }
        }
        device.close();
        return null;
    }

    private static LoopDevice attach(String file, boolean readOnly) {
        int access = readOnly ? Descriptor.O_RDONLY : Descriptor.O_RDWR;
        try (Descriptor backing = Descriptor.open(file, access, 0);
                Descriptor control = Descriptor.open("/dev/loop-control", Descriptor.O_RDWR, 0)) {
            for (int i = 0; i < ATTEMPTS; i++) {
                String path =
                        "/dev/loop" + Syscall.IOCTL.call("/dev/loop-control", control.number(), LOOP_CTL_GET_FREE);
                Descriptor device = Descriptor.open(path, access, 0);
                long result = configure(device, backing, readOnly);
                if (result == 0) {
                    return new LoopDevice(device, path);
                }
                device.close();
                // Somebody else was faster.
                if (result != -Errno.EBUSY) {
                    throw new LinuxException("ioctl", path, (int) -result);
                }
            }
        }
        throw new LinuxException("ioctl", "/dev/loop-control", Errno.EBUSY);
    }

    private static long configure(Descriptor device, Descriptor backing, boolean readOnly) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment config = arena.allocate(CONFIG_SIZE, 8);
            config.set(ValueLayout.JAVA_INT, 0, backing.number());
            config.set(ValueLayout.JAVA_INT, CONFIG_FLAGS, readOnly ? READ_ONLY | AUTOCLEAR : AUTOCLEAR);
            return Syscall.IOCTL.raw(device.number(), LOOP_CONFIGURE, config.address());
        }
    }

    /** The device's file. */
    public String path() {
        return path;
    }

    @Override
    public void close() {
        device.close();
    }
}
