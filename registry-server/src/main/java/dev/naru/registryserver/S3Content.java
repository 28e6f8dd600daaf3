package dev.naru.registryserver;

import dev.naru.http.Exchange;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A blob in a bucket. Where the bucket's connection breaks, it is read on from there. */
record S3Content(S3Bucket bucket, String key) implements BlobBackend.BlobContent {
    private static final int PIECE = 64 << 10;
    private static final int ATTEMPTS = 5;

    @Override
    public void send(Exchange exchange, int status, long position, long length) throws IOException {
        // Its absence must be known before the answer begins.
        InputStream first = length == 0 ? InputStream.nullInputStream() : bucket.read(key, position, length);
        try (OutputStream out = exchange.stream(status, length)) {
            copy(first, out, position, length);
        }
    }

    private void copy(InputStream first, OutputStream out, long position, long length) throws IOException {
        byte[] piece = new byte[PIECE];
        long sent = 0;
        int failures = 0;
        InputStream in = first;
        try {
            while (sent < length) {
                int count;
                try {
                    count = in.read(piece, 0, (int) Math.min(PIECE, length - sent));
                    if (count < 0) {
                        throw new EOFException("the bucket's answer is shorter than announced");
                    }
                } catch (IOException broken) {
                    failures++;
                    if (failures == ATTEMPTS) {
                        throw broken;
                    }
                    in.close();
                    in = bucket.read(key, position + sent, length - sent);
                    continue;
                }
                out.write(piece, 0, count);
                sent += count;
            }
        } finally {
            in.close();
        }
    }

    @Override
    public InputStream stream() {
        return bucket.read(key, 0, -1);
    }

    @Override
    public void close() {
        // Each stream has been closed by whoever read it.
    }
}
