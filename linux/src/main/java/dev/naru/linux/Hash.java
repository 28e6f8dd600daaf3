package dev.naru.linux;

import static java.util.Objects.requireNonNull;

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
 * A running hash. With the host's libcrypto SHA-256 takes 0.6 ms a megabyte; the JDK's own, used where that library is
 * missing, takes ten times as long unless the optimizing compiler is on, which this engine's memory does not allow.
 *
 * <p>Not safe for several threads at once, but may move from one to another.
 */
public final class Hash implements AutoCloseable {
    /** What digests of content are made with (image-spec, descriptor.md, Registered algorithms). */
    public enum Algorithm {
        SHA256("SHA-256", 32, 112),
        SHA512("SHA-512", 64, 216);

        private final String jdkName;
        private final int bytes;
        /** Of OpenSSL's SHA256_CTX and SHA512_CTX. */
        private final long contextSize;

        Algorithm(String jdkName, int bytes, long contextSize) {
            this.jdkName = jdkName;
            this.bytes = bytes;
            this.contextSize = contextSize;
        }
    }

    private static final int BLOCK = 64;
    /** In SHA256_CTX: how many bits have been added, and how many bytes wait for the rest of their block. */
    private static final long BITS = 32;

    private static final long PENDING = 104;

    private final Algorithm algorithm;
    private final @Nullable Native library;
    private final @Nullable Arena arena;
    private final MemorySegment context;
    private final @Nullable MessageDigest fallback;

    public Hash(Algorithm algorithm) {
        this.algorithm = requireNonNull(algorithm, "algorithm");
        library = Library.of(algorithm);
        if (library == null) {
            arena = null;
            context = MemorySegment.NULL;
            fallback = jdk(algorithm);
        } else {
            arena = Arena.ofAuto();
            context = arena.allocate(algorithm.contextSize, 16);
            fallback = null;
            invoke(() -> (int) library.init().invokeExact(context));
        }
    }

    private Hash(Hash other) {
        algorithm = other.algorithm;
        library = other.library;
        arena = library == null ? null : Arena.ofAuto();
        context = arena == null ? MemorySegment.NULL : arena.allocate(algorithm.contextSize, 16);
        context.copyFrom(other.context);
        fallback = other.fallback == null ? null : copy(other.fallback);
    }

    /** Another one that has had the same bytes so far; each goes on by itself. OpenSSL's contexts point nowhere. */
    public Hash copy() {
        return new Hash(this);
    }

    private static MessageDigest copy(MessageDigest digest) {
        try {
            return (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static MessageDigest jdk(Algorithm algorithm) {
        try {
            return MessageDigest.getInstance(algorithm.jdkName);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Adds bytes; the segment may be native or an array. */
    public void update(MemorySegment bytes) {
        if (bytes.byteSize() == 0) {
            return;
        }
        if (library == null) {
            requireNonNull(fallback).update(bytes.asByteBuffer());
        } else {
            invoke(() -> (int) library.update().invokeExact(context, bytes, bytes.byteSize()));
        }
    }

    public void update(byte[] bytes, int offset, int length) {
        update(MemorySegment.ofArray(bytes).asSlice(offset, length));
    }

    /**
     * Adds to two hashes. On processors with SHA instructions that takes as long as the longer content would alone,
     * where libcrypto is there too.
     */
    public static void update(Hash hash, MemorySegment bytes, Hash other, MemorySegment otherBytes) {
        if (!hash.pairs() || !other.pairs() || hash == other) {
            hash.update(bytes);
            other.update(otherBytes);
            return;
        }
        MemorySegment content = hash.align(bytes);
        MemorySegment otherContent = other.align(otherBytes);
        long blocks = Math.min(content.byteSize(), otherContent.byteSize()) / BLOCK;
        if (blocks > 0) {
            Sha256Pair.update(hash.context, content, other.context, otherContent, blocks);
            hash.count(blocks);
            other.count(blocks);
        }
        hash.update(content.asSlice(blocks * BLOCK));
        other.update(otherContent.asSlice(blocks * BLOCK));
    }

    private boolean pairs() {
        return algorithm == Algorithm.SHA256 && library != null && Sha256Pair.works();
    }

    /** Ends the block that an earlier content began; answers what is left. */
    private MemorySegment align(MemorySegment bytes) {
        int pending = context.get(ValueLayout.JAVA_INT, PENDING);
        if (pending == 0) {
            return bytes;
        }
        long first = Math.min(BLOCK - pending, bytes.byteSize());
        update(bytes.asSlice(0, first));
        return bytes.asSlice(first);
    }

    private void count(long blocks) {
        long bits = context.get(ValueLayout.JAVA_LONG_UNALIGNED, BITS);
        context.set(ValueLayout.JAVA_LONG_UNALIGNED, BITS, bits + blocks * BLOCK * Byte.SIZE);
    }

    /** The hash of all that was added, in hexadecimal digits. Ends this object's use. */
    public String hex() {
        if (library == null) {
            return HexFormat.of().formatHex(requireNonNull(fallback).digest());
        }
        byte[] digest = new byte[algorithm.bytes];
        MemorySegment into = MemorySegment.ofArray(digest);
        invoke(() -> (int) library.end().invokeExact(into, context));
        return HexFormat.of().formatHex(digest);
    }

    @Override
    public void close() {
        // The context is a hundred bytes that the collector frees: to free a shared one at once stops every thread.
    }

    private interface Call {
        int run() throws Throwable;
    }

    private static void invoke(Call call) {
        int result;
        try {
            result = call.run();
        } catch (RuntimeException | Error unexpected) {
            throw unexpected;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
        if (result != 1) {
            throw new IllegalStateException("libcrypto refuses to hash");
        }
    }

    /** The entry points for one algorithm. */
    private record Native(MethodHandle init, MethodHandle update, MethodHandle end) {}

    /** The host's OpenSSL 3, if it has it. */
    private static final class Library {
        private static final @Nullable SymbolLookup CRYPTO = load();
        private static final @Nullable Native SHA256 = find("SHA256");
        private static final @Nullable Native SHA512 = find("SHA512");

        static @Nullable Native of(Algorithm algorithm) {
            return switch (algorithm) {
                case SHA256 -> SHA256;
                case SHA512 -> SHA512;
            };
        }

        private static @Nullable SymbolLookup load() {
            try {
                return SymbolLookup.libraryLookup("libcrypto.so.3", Arena.global());
            } catch (IllegalArgumentException absent) {
                return null;
            }
        }

        private static @Nullable Native find(String name) {
            MethodHandle init = find(name + "_Init", ValueLayout.ADDRESS);
            MethodHandle update =
                    find(name + "_Update", ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
            MethodHandle end = find(name + "_Final", ValueLayout.ADDRESS, ValueLayout.ADDRESS);
            return init == null || update == null || end == null ? null : new Native(init, update, end);
        }

        private static @Nullable MethodHandle find(String name, ValueLayout... arguments) {
            SymbolLookup crypto = CRYPTO;
            if (crypto == null) {
                return null;
            }
            FunctionDescriptor type = FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments);
            // Critical: the calls neither block nor call back, and may read arrays in place.
            return crypto.find(name)
                    .map(symbol -> Linker.nativeLinker().downcallHandle(symbol, type, Linker.Option.critical(true)))
                    .orElse(null);
        }
    }
}
