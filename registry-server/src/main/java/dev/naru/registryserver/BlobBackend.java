package dev.naru.registryserver;

import dev.naru.http.Exchange;
import dev.naru.store.Leases.Lease;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Where a registry's blobs are. Each blob is there whole or not at all, and is what its digest says. */
interface BlobBackend extends AutoCloseable {
    /** Its size in bytes, -1 when there is none. */
    long size(String digest);

    /**
     * Opens a part of a blob.
     *
     * @throws dev.naru.error.NaruException NOT_FOUND
     */
    BlobContent open(String digest);

    /** A URL where clients may fetch a blob themselves; empty when they shall have it from here. */
    default Optional<URI> elsewhere(String digest) {
        return Optional.empty();
    }

    /**
     * Takes a complete and verified file as a blob. The file may be moved away or stay; its owner deletes it then.
     *
     * @param lease holds the blob until something refers to it
     * @param file on the file system of {@link RegistryConfig#root()}
     */
    void put(Path file, String digest, Lease lease) throws IOException;

    /** Stores a small blob whose digest is known. */
    void put(byte[] content, String digest, Lease lease);

    /** Survives the machine's death from now on. */
    void sync(Iterable<String> digests);

    /**
     * Removes the blobs that are neither kept nor leased.
     *
     * @param kept asked once, after new leases are being noted
     */
    Collected collect(Supplier<Set<String>> kept);

    /**
     * What a collection gave back.
     *
     * @param bytes of the blobs that went
     */
    record Collected(int blobs, long bytes) {}

    @Override
    void close();

    /** An open blob. */
    interface BlobContent extends AutoCloseable {
        /** Sends bytes from {@code position} to an answer whose head this sends too. */
        void send(Exchange exchange, int status, long position, long length) throws IOException;

        /** All of it. */
        InputStream stream() throws IOException;

        @Override
        void close() throws IOException;
    }
}
