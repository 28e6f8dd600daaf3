package dev.naru.image;

import dev.naru.oci.Descriptor;
import dev.naru.store.BlobWriter;
import dev.naru.store.Leases.Lease;
import dev.naru.store.Store;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** Blobs of layers as they leave this engine: plain ones are compressed, others are as they are unless it is forced. */
final class LayerBlobs {
    private static final int PIECE = 256 * 1024;

    private final Store store;
    private final Lease lease;
    private final LayerEncoding wanted;

    LayerBlobs(Store store, Lease lease, LayerEncoding wanted) {
        this.store = store;
        this.lease = lease;
        this.wanted = wanted;
    }

    /** The blob to send for one of the store; the lease holds it. */
    Descriptor of(String blob) throws InterruptedException {
        Compression now = Compression.of(store.blobs(), blob);
        if (now == wanted.kind() || (now != Compression.NONE && !wanted.forced())) {
            return descriptor(now, blob);
        }
        String plain = now == Compression.NONE ? blob : plain(blob, now);
        return descriptor(wanted.kind(), wanted.kind() == Compression.NONE ? plain : compressed(plain));
    }

    private Descriptor descriptor(Compression kind, String blob) {
        return Registration.descriptor(kind.layerType(), blob, store.blobs().size(blob));
    }

    private String plain(String blob, Compression now) {
        ByteBuffer piece = ByteBuffer.allocate(PIECE);
        try (ReadableByteChannel source = now.reader(store.blobs().open(blob));
                BlobWriter writer = store.blobs().writer(lease)) {
            while (source.read(piece.clear()) >= 0) {
                writer.write(piece.flip());
            }
            return writer.commit(null);
        } catch (IOException failure) {
            throw Failures.of("cannot unpack layer " + blob, failure);
        }
    }

    private String compressed(String blob) throws InterruptedException {
        try (var compressing = new LayerCompression(store.blobs().open(blob), wanted);
                BlobWriter writer = store.blobs().writer(lease)) {
            for (byte[] piece = compressing.next(); piece.length > 0; piece = compressing.next()) {
                writer.write(ByteBuffer.wrap(piece));
            }
            return writer.commit(null);
        }
    }
}
