package dev.naru.cli;

import dev.naru.linux.Syscall;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The terminal on a standard stream: its size, and raw mode for as long as this is open (ioctl_tty(2)). */
final class Tty implements AutoCloseable {
    private static final int TCGETS = 0x5401;
    private static final int TCSETS = 0x5402;
    private static final int TIOCGWINSZ = 0x5413;
    private static final int TERMIOS_SIZE = 64;

    private final int descriptor;
    private final byte[] saved;
    private final Thread restore = new Thread(this::reset);

    private Tty(int descriptor, byte[] saved) {
        this.descriptor = descriptor;
        this.saved = saved;
    }

    static boolean isTerminal(int descriptor) {
        return attributes(descriptor) != null;
    }

    /** Rows and columns, or null when it is not a terminal. */
    static int @Nullable [] size(int descriptor) {
        if (isOtherThanTerminal(descriptor)) {
            return null;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(8);
            if (Syscall.IOCTL.raw(descriptor, TIOCGWINSZ, size.address()) < 0) {
                return null;
            }
            return new int[] {size.get(ValueLayout.JAVA_SHORT, 0) & 0xffff, size.get(ValueLayout.JAVA_SHORT, 2) & 0xffff
            };
        }
    }

    /** Whether that is certain without asking the terminal: loading what it takes to ask is a third of a short command. */
    private static boolean isOtherThanTerminal(int descriptor) {
        try {
            String what = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return what.startsWith("pipe:") || what.startsWith("socket:") || what.equals("/dev/null");
        } catch (IOException unknown) {
            return false;
        }
    }

    /** Switches to raw mode (termios(3), cfmakeraw) until closed, and at the latest when the program ends. */
    static @Nullable Tty raw(int descriptor) {
        byte[] saved = attributes(descriptor);
        if (saved == null) {
            return null;
        }
        var tty = new Tty(descriptor, saved);
        byte[] raw = saved.clone();
        MemorySegment flags = MemorySegment.ofArray(raw);
        clear(flags, 0, 0x1 | 0x2 | 0x8 | 0x20 | 0x40 | 0x80 | 0x100 | 0x400);
        clear(flags, 4, 0x1);
        clear(flags, 12, 0x1 | 0x2 | 0x8 | 0x40 | 0x8000);
        raw[17 + 6] = 1;
        raw[17 + 5] = 0;
        tty.set(raw);
        Runtime.getRuntime().addShutdownHook(tty.restore);
        return tty;
    }

    /** Shows nothing of what is typed until closed, and at the latest when the program ends. */
    static @Nullable Tty silent(int descriptor) {
        byte[] saved = attributes(descriptor);
        if (saved == null) {
            return null;
        }
        var tty = new Tty(descriptor, saved);
        byte[] silent = saved.clone();
        clear(MemorySegment.ofArray(silent), 12, 0x8);
        tty.set(silent);
        Runtime.getRuntime().addShutdownHook(tty.restore);
        return tty;
    }

    private static void clear(MemorySegment flags, int offset, int bits) {
        int value = flags.get(ValueLayout.JAVA_INT_UNALIGNED, offset);
        flags.set(ValueLayout.JAVA_INT_UNALIGNED, offset, value & ~bits);
    }

    private static byte @Nullable [] attributes(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(TERMIOS_SIZE);
            if (Syscall.IOCTL.raw(descriptor, TCGETS, attributes.address()) < 0) {
                return null;
            }
            return attributes.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private void set(byte[] attributes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocateFrom(ValueLayout.JAVA_BYTE, attributes);
            Syscall.IOCTL.raw(descriptor, TCSETS, copy.address());
        }
    }

    private void reset() {
        set(saved);
    }

    @Override
    public void close() {
        reset();
    }
}
