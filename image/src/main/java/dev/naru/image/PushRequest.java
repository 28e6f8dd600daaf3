package dev.naru.image;

import dev.naru.oci.Reference;
import dev.naru.registry.Credentials;

/**
 * What is pushed.
 *
 * @param reference with a tag; its image is here under that name
 * @param compression of layers that are here without: {@code gzip} or {@code zstd}
 * @param alone whether the image goes without the indexes that name it
 */
public record PushRequest(Reference reference, Credentials credentials, String compression, boolean alone) {
    /** With what says more than the image itself. */
    public PushRequest(Reference reference, Credentials credentials, String compression) {
        this(reference, credentials, compression, false);
    }
}
