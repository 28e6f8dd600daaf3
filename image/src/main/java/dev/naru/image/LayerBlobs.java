package dev.naru.image;

import dev.naru.oci.Descriptor;
import dev.naru.store.BlobWriter;
import dev.naru.store.Leases.Lease;
import dev.naru.store.Store;
import java.nio.ByteBuffer;

/** Blobs of layers as they leave this engine: plain ones are compressed, others are as they are. */
final class LayerBlobs {
    private final Store store;
    private final Lease lease;
    private final Compression wanted;

    LayerBlobs(Store store, Lease lease, Compression wanted) {
        this.store = store;
        this.lease = lease;
        this.wanted = wanted;
    }

    /** The blob to send for one of the store; the lease holds it. */
    Descriptor of(String blob) throws InterruptedException {
        Compression now = Compression.of(store.blobs(), blob);
        String digest = now == Compression.NONE && wanted != Compression.NONE ? compressed(blob) : blob;
        Compression kind = digest.equals(blob) ? now : wanted;
        return Registration.descriptor(kind.layerType(), digest, store.blobs().size(digest));
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
