package dev.naru.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A running SHA-256. With the host's libcrypto it takes 0.6 ms a megabyte; the JDK's own, used where that library is
 * missing, takes ten times as long unless the optimizing compiler is on, which this engine's memory does not allow.
 *
 * <p>Not safe for several threads at once, but may move from one to another.
 */
public final class Sha256 implements AutoCloseable {
    private static final long CONTEXT_SIZE = 112;

    private final @Nullable Arena arena;
    private final MemorySegment context;
    private final @Nullable MessageDigest fallback;

    public Sha256() {
        if (Library.UPDATE == null || Library.INIT == null) {
            arena = null;
            context = MemorySegment.NULL;
            fallback = jdk();
        } else {
            arena = Arena.ofShared();
            context = arena.allocate(CONTEXT_SIZE, 16);
            fallback = null;
            call(Library.INIT, context);
        }
    }

    private static MessageDigest jdk() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Adds bytes; the segment may be native or an array. */
    public void update(MemorySegment bytes) {
        if (bytes.byteSize() == 0) {
            return;
        }
        if (fallback != null) {
            fallback.update(bytes.asByteBuffer());
        } else {
            call(Library.UPDATE, context, bytes, bytes.byteSize());
        }
    }

    public void update(byte[] bytes, int offset, int length) {
        update(MemorySegment.ofArray(bytes).asSlice(offset, length));
    }

    /** The digest of all that was added, 64 hexadecimal digits. Ends this object's use. */
    public String hex() {
        if (fallback != null) {
            return HexFormat.of().formatHex(fallback.digest());
        }
        byte[] digest = new byte[32];
        call(Library.FINAL, MemorySegment.ofArray(digest), context);
        return HexFormat.of().formatHex(digest);
    }

    @Override
    public void close() {
        if (arena != null && arena.scope().isAlive()) {
            arena.close();
        }
    }

    private static void call(@Nullable MethodHandle handle, MemorySegment context) {
        invoke(() -> (int) required(handle).invokeExact(context));
    }

    private static void call(@Nullable MethodHandle handle, MemorySegment a, MemorySegment b) {
        invoke(() -> (int) required(handle).invokeExact(a, b));
    }

    private static void call(@Nullable MethodHandle handle, MemorySegment a, MemorySegment b, long size) {
        invoke(() -> (int) required(handle).invokeExact(a, b, size));
    }

    private static MethodHandle required(@Nullable MethodHandle handle) {
        if (handle == null) {
            throw new IllegalStateException("libcrypto is not loaded");
        }
        return handle;
    }

    private interface Native {
        int run() throws Throwable;
    }

    private static void invoke(Native call) {
        int result;
        try {
            result = call.run();
        } catch (RuntimeException | Error unexpected) {
            throw unexpected;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
        if (result != 1) {
            throw new IllegalStateException("libcrypto refuses SHA-256");
        }
    }

    /** The library's entry points; null where the host has no OpenSSL 3. */
    private static final class Library {
        // Critical: the calls neither block nor call back, and may read arrays in place.
        private static final @Nullable SymbolLookup CRYPTO = load();
        static final @Nullable MethodHandle INIT =
                find("SHA256_Init", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
        static final @Nullable MethodHandle UPDATE = find(
                "SHA256_Update",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
        static final @Nullable MethodHandle FINAL = find(
                "SHA256_Final", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));

        private static @Nullable SymbolLookup load() {
            try {
                return SymbolLookup.libraryLookup("libcrypto.so.3", Arena.global());
            } catch (IllegalArgumentException absent) {
                return null;
            }
        }

        private static @Nullable MethodHandle find(String name, FunctionDescriptor type) {
            SymbolLookup crypto = CRYPTO;
            if (crypto == null) {
                return null;
            }
            return crypto.find(name)
                    .map(symbol -> Linker.nativeLinker().downcallHandle(symbol, type, Linker.Option.critical(true)))
                    .orElse(null);
        }
    }
}
