package dev.naru.registry;

import static java.util.Objects.requireNonNull;

import dev.naru.http.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** An answer's body on its way in. At its end the connection serves others; given up before, it is closed. */
final class AnswerBody implements AutoCloseable {
    /** Bodies up to this are read into the heap: they need no buffer that is kept. */
    private static final int SMALL = 16 << 10;

    private final Connection connection;
    private final Response response;
    private boolean over;

    AnswerBody(Connection connection, Response response) {
        this.connection = requireNonNull(connection, "connection");
        this.response = requireNonNull(response, "response");
    }

    /** The next bytes, good until the next call; null at the end. */
    @Nullable
    ByteBuffer next() throws IOException {
        return next(connection::piece);
    }

    private @Nullable ByteBuffer next(java.util.function.Supplier<ByteBuffer> room) throws IOException {
        if (over || response.reusable()) {
            close();
            return null;
        }
        ByteBuffer piece = room.get();
        int count;
        try {
            count = response.read(piece);
        } catch (IOException failure) {
            throw connection.transport().told(failure);
        }
        if (count < 0) {
            close();
            return null;
        }
        return piece.flip();
    }

    /**
     * All of a small body.
     *
     * @throws IOException when there is more than {@code limit}
     */
    byte[] readAll(int limit) throws IOException {
        var all = new ByteArrayOutputStream();
        ByteBuffer room = ByteBuffer.allocate(SMALL);
        for (ByteBuffer each = next(room::clear); each != null; each = next(room::clear)) {
            if (all.size() + each.remaining() > limit) {
                throw new IOException("the answer is larger than " + limit + " bytes");
            }
            byte[] bytes = new byte[each.remaining()];
            each.get(bytes);
            all.writeBytes(bytes);
        }
        return all.toByteArray();
    }

    /** Gives up what has not been read. */
    @Override
    public void close() {
        if (!over) {
            over = true;
            if (response.reusable()) {
                connection.giveBack();
            } else {
                connection.close();
            }
        }
    }
}
