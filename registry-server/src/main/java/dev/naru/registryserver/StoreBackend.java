package dev.naru.registryserver;

import static java.util.Objects.requireNonNull;

import dev.naru.http.Exchange;
import dev.naru.store.Leases.Lease;
import dev.naru.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Blobs in a store on disk, an OCI image layout. */
final class StoreBackend implements BlobBackend {
    private final Store store;

    StoreBackend(Store store) {
        this.store = requireNonNull(store, "store");
    }

    @Override
    public long size(String digest) {
        return store.blobs().size(digest);
    }

    @Override
    public BlobContent open(String digest) {
        return new FileContent(store.blobs().open(digest));
    }

    @Override
    public void put(Path file, String digest, Lease lease) {
        store.blobs().adopt(file, digest, lease);
    }

    @Override
    public void put(byte[] content, String digest, Lease lease) {
        store.blobs().put(content, digest, lease);
    }

    @Override
    public void sync(Iterable<String> digests) {
        store.blobs().sync(digests);
    }

    @Override
    public Collected collect(Supplier<Set<String>> kept) {
        long[] bytes = new long[1];
        Set<String> removed = store.collector().collect(store.blobs().list(), kept, digest -> List.of(), digest -> {
            bytes[0] += Math.max(0, store.blobs().size(digest));
            store.blobs().delete(digest);
        });
        return new Collected(removed.size(), bytes[0]);
    }

    @Override
    public void close() {
        // The store belongs to the registry.
    }

    private record FileContent(FileChannel file) implements BlobContent {
        @Override
        public void send(Exchange exchange, int status, long position, long length) throws IOException {
            exchange.send(status, file, position, length);
        }

        @Override
        public InputStream stream() {
            return Channels.newInputStream(file);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
