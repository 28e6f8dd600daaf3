package dev.naru.registryserver;

import dev.naru.registry.Incoming;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The registry that this one caches. */
interface Upstream extends AutoCloseable {
    /**
     * A manifest as it came.
     *
     * @param content verified against the digest
     */
    record Fetched(String digest, String mediaType, byte[] content) {}

    /**
     * The digest that a reference has there now.
     *
     * @throws dev.naru.error.NaruException UNAVAILABLE when the registry can't be reached
     */
    Optional<String> resolve(String repository, String reference);

    Optional<Fetched> manifest(String repository, String reference);

    /**
     * Begins to fetch a blob.
     *
     * @throws dev.naru.error.NaruException NOT_FOUND, UNAVAILABLE
     */
    Incoming blob(String repository, String digest) throws IOException;

    /**
     * Goes on fetching a blob.
     *
     * @param from where to begin
     * @param size of the whole blob in bytes
     * @throws dev.naru.error.NaruException NOT_FOUND, UNAVAILABLE
     */
    Incoming blob(String repository, String digest, long from, long size) throws IOException;

    /**
     * The size of a blob in bytes.
     *
     * @throws dev.naru.error.NaruException NOT_FOUND, UNAVAILABLE
     */
    long blobSize(String repository, String digest);

    List<String> tags(String repository);

    @Override
    void close();
}
