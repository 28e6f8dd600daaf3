package dev.naru.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A read-only loop device on a file (loop(4)). The kernel frees it when nothing has it open or mounted any more, so it is
 * closed as soon as it is mounted.
 */
public final class LoopDevice implements AutoCloseable {
    private static final long LOOP_CONFIGURE = 0x4C0A;
    private static final long LOOP_CTL_GET_FREE = 0x4C82;
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
     * Attaches a file to a free device.
     *
     * @throws LinuxException when there is none, or no loop driver (ENOENT)
     */
    public static LoopDevice attach(String file) {
        try (Descriptor backing = Descriptor.open(file, Descriptor.O_RDONLY, 0);
                Descriptor control = Descriptor.open("/dev/loop-control", Descriptor.O_RDWR, 0)) {
            for (int i = 0; i < ATTEMPTS; i++) {
                String path =
                        "/dev/loop" + Syscall.IOCTL.call("/dev/loop-control", control.number(), LOOP_CTL_GET_FREE);
                Descriptor device = Descriptor.open(path, Descriptor.O_RDONLY, 0);
                long result = configure(device, backing);
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

    private static long configure(Descriptor device, Descriptor backing) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment config = arena.allocate(CONFIG_SIZE, 8);
            config.set(ValueLayout.JAVA_INT, 0, backing.number());
            config.set(ValueLayout.JAVA_INT, CONFIG_FLAGS, READ_ONLY | AUTOCLEAR);
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
