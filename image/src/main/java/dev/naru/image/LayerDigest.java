package dev.naru.image;

import dev.naru.oci.DigestAlgorithm;
import dev.naru.store.RunningDigest;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A layer's tar stream of which only digest and size are wanted. It goes on from where an earlier stream was alike. */
final class LayerDigest extends OutputStream implements AutoCloseable {
    private RunningDigest hash = new RunningDigest(DigestAlgorithm.SHA256);
    private long size;
    private @Nullable ByteArrayOutputStream aside;

    @Override
    public void write(int octet) {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        if (aside != null) {
            aside.write(bytes, offset, length);
        } else {
            hash.update(bytes, offset, length);
            size += length;
        }
    }

    /** Adds what is between position and limit; nothing is set aside meanwhile. */
    void write(ByteBuffer bytes) {
        size += bytes.remaining();
        hash.update(bytes);
    }

    /** What is written from now on is kept and not hashed. */
    void setAside() {
        aside = new ByteArrayOutputStream();
    }

    /** What was kept since; from now on all is hashed again. */
    byte[] takeAside() {
        byte[] kept = aside == null ? new byte[0] : aside.toByteArray();
        aside = null;
        return kept;
    }

    /** How far it has come, to go on from there with other content. */
    HashStates.State state() {
        return new HashStates.State(hash.copy(), size);
    }

    /** Goes on from there instead. */
    void goOn(HashStates.State from) {
        hash.close();
        hash = from.hash().copy();
        size = from.size();
    }

    long size() {
        return size;
    }

    /** The digest. Ends this object's use. */
    String digest() {
        return hash.digest();
    }

    @Override
    public void close() {
        hash.close();
    }
}
