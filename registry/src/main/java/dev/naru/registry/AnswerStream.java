package dev.naru.registry;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** An answer's body as a stream. */
final class AnswerStream extends InputStream {
    private final Answer answer;
    private @Nullable ByteBuffer current = ByteBuffer.allocate(0);

    AnswerStream(Answer answer) {
        this.answer = requireNonNull(answer, "answer");
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        while (current != null && !current.hasRemaining()) {
            current = answer.body().next();
        }
        if (current == null) {
            return -1;
        }
        int count = Math.min(length, current.remaining());
        current.get(bytes, offset, count);
        return count;
    }

    @Override
    public void close() {
        answer.close();
    }
}
