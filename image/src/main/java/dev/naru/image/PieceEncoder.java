package dev.naru.image;

import dev.naru.linux.Deflate;
import java.nio.ByteBuffer;

/**
 * Compresses the pieces of a stream (RFC 1951), each by itself with the end of the piece before as its dictionary and
 * ended on a byte's border. All make the same of the same content. The next piece uses the same memory.
 */
sealed interface PieceEncoder permits DeflateEncoder, NativeEncoder {
    /** The largest piece. */
    int PIECE = 256 * 1024;

    /** What a window takes: dictionary, piece, and what is read behind it. */
    int WINDOW = Repetitions.REACH + PIECE + Repetitions.PADDING;

    /** The native one where it is installed: it is fast from its first byte on, without a compiler that optimizes it. */
    static PieceEncoder create() {
        return Deflate.open().<PieceEncoder>map(NativeEncoder::new).orElseGet(DeflateEncoder::new);
    }

    /** Where content is put: the dictionary (up to 32 KiB, at the beginning), the piece, and {@link Repetitions#PADDING} zeros. */
    ByteBuffer window();

    /**
     * Compresses one piece.
     *
     * @param from where in the window it begins
     * @param to where it ends
     * @param last whether the stream ends with it
     */
    void compress(int from, int to, boolean last);

    /** What the piece has become; good until the next one. */
    ByteBuffer compressed();
}
