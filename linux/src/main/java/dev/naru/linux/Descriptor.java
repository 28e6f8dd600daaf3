package dev.naru.linux;

import java.lang.foreign.Arena;
import java.util.concurrent.atomic.AtomicInteger;

/** An open file descriptor, closed on exec, that this object owns. */
public final class Descriptor implements AutoCloseable {
    public static final int O_RDONLY = 0;
    public static final int O_WRONLY = 1;
    public static final int O_RDWR = 2;
    public static final int O_CREAT = 0x40;
    public static final int O_EXCL = 0x80;
    public static final int O_TRUNC = 0x200;
    public static final int O_APPEND = 0x400;
    public static final int O_NONBLOCK = 0x800;
    public static final int O_CLOEXEC = 0x80000;
    public static final int O_PATH = 0x200000;
    /** These two differ between x86-64 and arm64 (asm/fcntl.h). */
    public static final int O_DIRECTORY = Syscall.arm64() ? 0x4000 : 0x10000;

    public static final int O_NOFOLLOW = Syscall.arm64() ? 0x8000 : 0x20000;

    /** The working directory, in place of a descriptor (AT_FDCWD). */
    public static final int CWD = -100;

    private final AtomicInteger number;

    /** Takes ownership of an open descriptor. */
    public Descriptor(int number) {
        this.number = new AtomicInteger(number);
    }

    /** Opens an absolute path; O_CLOEXEC is always added. */
    public static Descriptor open(String path, int flags, int mode) {
        return openAt(CWD, path, flags, mode);
    }

    /** Opens a path relative to a directory descriptor; O_CLOEXEC is always added. */
    public static Descriptor openAt(int directory, String path, int flags, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            return new Descriptor((int) Syscall.OPENAT.call(
                    path, directory, arena.allocateFrom(path).address(), flags | O_CLOEXEC, mode));
        }
    }

    /** The number, for system calls. */
    public int number() {
        int value = number.get();
        if (value < 0) {
            throw new IllegalStateException("the descriptor is closed");
        }
        return value;
    }

    /** A path that names this descriptor within this process, for calls that take only paths. */
    public String path() {
        return "/proc/self/fd/" + number();
    }

    @Override
    public void close() {
        int value = number.getAndSet(-1);
        if (value >= 0) {
            // The descriptor is gone whatever the answer is (close(2), NOTES): there is nothing to retry.
            Syscall.CLOSE.raw(value, 0, 0);
        }
    }
}
