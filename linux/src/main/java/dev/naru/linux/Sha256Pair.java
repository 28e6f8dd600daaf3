package dev.naru.linux;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/** Two SHA-256 in the time of one, by the library of {@code monitor/digest}, on processors with SHA instructions. */
final class Sha256Pair {
    private static final String LIBRARY = "naru-sha256-pair.so";
    private static final int MFD_CLOEXEC = 1;
    private static final @Nullable MethodHandle UPDATE = load();

    private Sha256Pair() {}

    /** Whether {@link #update} may be called here. */
    static boolean works() {
        return UPDATE != null;
    }

    /** Takes as many blocks of 64 bytes of each content into its state, eight words. */
    static void update(
            MemorySegment state, MemorySegment content, MemorySegment otherState, MemorySegment other, long blocks) {
        MethodHandle update = UPDATE;
        if (update == null) {
            throw new IllegalStateException("this processor does not make two hashes at once");
        }
        try {
            update.invokeExact(state, content, otherState, other, blocks);
        } catch (RuntimeException | Error unexpected) {
            throw unexpected;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static @Nullable MethodHandle load() {
        try (InputStream content = Sha256Pair.class.getResourceAsStream(LIBRARY)) {
            return content == null ? null : link(content.readAllBytes());
        } catch (IOException | LinuxException | IllegalArgumentException unusable) {
            System.getLogger("naru.linux")
                    .log(System.Logger.Level.DEBUG, "two hashes at once are not possible", unusable);
            return null;
        }
    }

    /** From memory, so that nothing depends on where the engine is installed or may write. */
    private static @Nullable MethodHandle link(byte[] library) {
        try (Arena arena = Arena.ofConfined();
                var file = new Descriptor((int) Syscall.MEMFD_CREATE.call(
                        LIBRARY, arena.allocateFrom(LIBRARY).address(), MFD_CLOEXEC))) {
            MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, library);
            long written = Syscall.WRITE.call(LIBRARY, file.number(), bytes.address(), library.length);
            if (written != library.length) {
                return null;
            }
            return link(SymbolLookup.libraryLookup(file.path(), Arena.global()));
        }
    }

    private static @Nullable MethodHandle link(SymbolLookup library) {
        Linker linker = Linker.nativeLinker();
        MethodHandle works = linker.downcallHandle(
                library.find("naru_sha256_pair_works").orElseThrow(), FunctionDescriptor.of(ValueLayout.JAVA_INT));
        try {
            if ((int) works.invokeExact() == 0) {
                return null;
            }
        } catch (RuntimeException | Error unexpected) {
            throw unexpected;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
        // Critical: it neither blocks nor calls back, and may read arrays in place.
        return linker.downcallHandle(
                library.find("naru_sha256_pair").orElseThrow(),
                FunctionDescriptor.ofVoid(
                        ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_LONG),
                Linker.Option.critical(true));
    }
}
