package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import dev.naru.grpc.GrpcCall;
import dev.naru.grpc.ProtoFields;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;

/** The bytes that come in a call's messages, each of which has some in its first field. */
final class CallInput extends InputStream {
    private final GrpcCall call;
    private byte[] piece = new byte[0];
    private int at;
    private boolean ended;

    CallInput(GrpcCall call) {
        this.call = requireNonNull(call, "call");
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (at == piece.length) {
            if (ended || !next()) {
                ended = true;
                return -1;
            }
        }
        int count = Math.min(length, piece.length - at);
        System.arraycopy(piece, at, bytes, offset, count);
        at += count;
        return count;
    }

    private boolean next() throws IOException {
        try {
            byte[] message = call.receive();
            if (message == null) {
                return false;
            }
            piece = ProtoFields.of(message).bytes(1);
            at = 0;
            return true;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }
}
