package dev.naru.engine;

import dev.naru.linux.Sha256;
import dev.naru.oci.Digest;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream that fails at its end when its bytes do not have the digest they should. */
final class VerifiedStream extends FilterInputStream {
    private final String digest;
    private final Sha256 hash = new Sha256();
    private boolean ended;

    VerifiedStream(InputStream in, String digest) {
        super(in);
        this.digest = Digest.parse(digest).toString();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = ended ? -1 : super.read(bytes, offset, length);
        if (count > 0) {
            hash.update(bytes, offset, count);
        } else if (count < 0 && !ended) {
            ended = true;
            String found = "sha256:" + hash.hex();
            if (!found.equals(digest)) {
                throw new IOException("blob " + digest + " has the digest " + found);
            }
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        try (hash) {
            super.close();
        }
    }
}
