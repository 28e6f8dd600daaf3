package dev.naru.engine;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Where a build cache is kept outside of engines: a manifest, and blobs that are named by their digests. */
public interface CachePlace {
    /** What people call it. */
    String name();

    /** The manifest; empty when there is none yet. */
    Optional<byte[]> manifest() throws IOException, InterruptedException;

    /** A manifest that an index names. */
    default byte[] manifest(String digest) throws IOException, InterruptedException {
        try (InputStream in = open(digest)) {
            return in.readAllBytes();
        }
    }

    /** Reads a blob; who reads it verifies it. */
    InputStream open(String digest) throws IOException, InterruptedException;

    /** A blob that is about to be kept. */
    interface Content {
        String digest();

        long size();

        InputStream open() throws IOException;
    }

    /** Keeps a blob, unless it is there. */
    void put(Content content) throws IOException, InterruptedException;

    /** Keeps the manifest, after all that it names. */
    void finish(String mediaType, byte[] manifest) throws IOException, InterruptedException;
}
