package dev.naru.image;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Digest;
import dev.naru.store.Store;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.SortedSet;

/** An image layout as a tar stream (image-spec, image-layout.md): blobs as they are stored, and documents. */
final class LayoutTar {
    private static final int BUFFER = 256 * 1024;

    private final Store store;
    private final TarWriter tar;

    LayoutTar(Store store, OutputStream out) {
        this.store = store;
        this.tar = new TarWriter(out);
    }

    /** Writes those blobs that are here: an index may name platforms that are not. */
    void blobs(SortedSet<String> digests) throws IOException {
        tar.begin(TarEntry.directory("blobs/", 0755, 0));
        tar.begin(TarEntry.directory("blobs/sha256/", 0755, 0));
        for (String digest : digests) {
            if (store.blobs().exists(digest)) {
                blob(digest);
            }
        }
    }

    private void blob(String digest) throws IOException {
        try (FileChannel file = store.blobs().open(digest)) {
            long left = file.size();
            tar.begin(TarEntry.file(path(digest), 0644, left, 0));
            byte[] bytes = new byte[(int) Math.min(BUFFER, Math.max(left, 1))];
            while (left > 0) {
                int count = file.read(ByteBuffer.wrap(bytes));
                if (count < 0) {
                    throw new NaruException(ErrorKind.INTERNAL, "blob " + digest + " became shorter");
                }
                tar.write(bytes, 0, count);
                left -= count;
            }
        }
    }

    static String path(String digest) {
        return Digest.parse(digest).layoutPath();
    }

    void file(String name, byte[] content) throws IOException {
        tar.file(TarEntry.file(name, 0644, content.length, 0), content);
    }

    void finish() throws IOException {
        tar.finish();
    }
}
