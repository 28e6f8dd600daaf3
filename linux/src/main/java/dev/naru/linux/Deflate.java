package dev.naru.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One encoder of our native library of deflate (RFC 1951; {@code monitor/deflate}), which makes of the same bytes the same
 * on any machine. The property {@code naru.deflate} says where the library is.
 *
 * <p>Not safe for several threads at once, but may move from one to another.
 */
public final class Deflate {
    private static final long ALIGNMENT = 64;

    private final Library library;
    private final MemorySegment state;

    private Deflate(Library library) {
        this.library = library;
        // The collector frees it: to free what threads share at once stops all of them.
        state = Arena.ofAuto().allocate(library.size(), ALIGNMENT);
        library.initialize(state);
    }

    /** A new encoder; none where the library is not installed. */
    public static Optional<Deflate> open() {
        return Optional.ofNullable(Installed.LIBRARY).map(Deflate::new);
    }

    /** A new encoder of a library that is somewhere else. */
    public static Deflate open(Path file) {
        return new Deflate(Library.load(file));
    }

    /**
     * Compresses what a window has between two places, with up to 32 KiB before them as its dictionary, and ends on a
     * byte's border.
     *
     * @param window native memory, with 16 zeros behind {@code to}
     * @param last whether the stream ends there
     * @param out native memory; twice the length and a kilobyte are enough
     * @return how many bytes were written
     */
    public long compress(MemorySegment window, int from, int to, boolean last, MemorySegment out) {
        if (from < 0 || from > to || to > window.byteSize() - 16) {
            throw new IndexOutOfBoundsException(from + " to " + to + " of " + window.byteSize());
        }
        long written = library.compress(state, window, from, to, last, out);
        if (written < 0) {
            throw new IllegalStateException("the encoder had no room for " + (to - from) + " bytes");
        }
        return written;
    }

    /** The one of this installation; looked for when it is first needed. */
    private static final class Installed {
        private static final @Nullable Library LIBRARY = load();

        private static @Nullable Library load() {
            String file = System.getProperty("naru.deflate");
            try {
                return file == null ? null : Library.load(Path.of(file));
            } catch (IllegalArgumentException absent) {
                return null;
            }
        }
    }

    private record Library(long size, MethodHandle initialize, MethodHandle compress) {
        /** @throws IllegalArgumentException when there is none, or it is of another machine */
        static Library load(Path file) {
            SymbolLookup symbols = SymbolLookup.libraryLookup(file, Arena.global());
            Linker linker = Linker.nativeLinker();
            MethodHandle size = linker.downcallHandle(
                    symbols.findOrThrow("naru_deflate_size"), FunctionDescriptor.of(ValueLayout.JAVA_LONG));
            MethodHandle initialize = linker.downcallHandle(
                    symbols.findOrThrow("naru_deflate_init"), FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
            MethodHandle compress = linker.downcallHandle(
                    symbols.findOrThrow("naru_deflate"),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_LONG,
                            ValueLayout.ADDRESS,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_LONG));
            return new Library(invoke(() -> (long) size.invokeExact()), initialize, compress);
        }

        void initialize(MemorySegment state) {
            invoke(() -> {
                initialize.invokeExact(state);
                return 0;
            });
        }

        long compress(MemorySegment state, MemorySegment window, int from, int to, boolean last, MemorySegment out) {
            return invoke(
                    () -> (long) compress.invokeExact(state, window, from, to, last ? 1 : 0, out, out.byteSize()));
        }
    }

    private interface Call {
        long run() throws Throwable;
    }

    private static long invoke(Call call) {
        try {
            return call.run();
        } catch (RuntimeException | Error unexpected) {
            throw unexpected;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
