package dev.naru.image;

import dev.naru.linux.Deflate;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Our native library's encoder, with memory that the collector need not look at. */
final class NativeEncoder implements PieceEncoder {
    private final Deflate deflate;
    private final MemorySegment window;
    private final MemorySegment out;
    private long written;

    NativeEncoder(Deflate deflate) {
        this.deflate = deflate;
        var arena = Arena.ofAuto();
        window = arena.allocate(WINDOW);
        out = arena.allocate(2 * PIECE + 1024);
    }

    @Override
    public ByteBuffer window() {
        return window.asByteBuffer();
    }

    @Override
    public void compress(int from, int to, boolean last) {
        written = deflate.compress(window, from, to, last, out);
    }

    @Override
    public ByteBuffer compressed() {
        return out.asSlice(0, written).asByteBuffer();
    }
}
