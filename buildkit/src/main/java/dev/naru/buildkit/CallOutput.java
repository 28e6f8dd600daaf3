package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import dev.naru.grpc.GrpcCall;
import dev.naru.grpc.ProtoWriter;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Arrays;

/** Sends what is written as messages with bytes in their first field. */
final class CallOutput extends OutputStream {
    private static final int LARGEST = 1 << 20;

    private final GrpcCall call;

    CallOutput(GrpcCall call) {
        this.call = requireNonNull(call, "call");
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            for (int at = 0; at < length; at += LARGEST) {
                int from = offset + at;
                byte[] piece = Arrays.copyOfRange(bytes, from, from + Math.min(LARGEST, length - at));
                call.send(new ProtoWriter().bytes(1, piece));
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }
}
