package dev.naru.registry;

import dev.naru.http.RequestBody;
import dev.naru.http.RequestSink;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.function.LongConsumer;

/** Bodies of requests that can be sent again. */
final class Payload {
    static final RequestBody NONE = of(new byte[0]);

    private Payload() {}

    static RequestBody of(byte[] content) {
        return new RequestBody() {
            @Override
            public long length() {
                return content.length;
            }

            @Override
            public void writeTo(RequestSink sink) throws IOException {
                sink.write(content, 0, content.length);
            }
        };
    }

    /**
     * A piece of a file.
     *
     * @param sent told how many of its bytes have been handed over so far
     */
    static RequestBody of(FileChannel file, long offset, long length, LongConsumer sent) {
        return new FilePiece(file, offset, length, sent);
    }

    private record FilePiece(FileChannel file, long offset, long length, LongConsumer sent) implements RequestBody {
        /** Between two of them somebody is told, and the server may refuse the rest. */
        private static final int AT_ONCE = 512 << 10;

        @Override
        public void writeTo(RequestSink sink) throws IOException {
            long done = 0;
            while (done < length) {
                long some = Math.min(AT_ONCE, length - done);
                sink.write(file, offset + done, some);
                done += some;
                sent.accept(done);
            }
        }
    }
}
