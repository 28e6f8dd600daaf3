package dev.naru.image;

import static java.util.Objects.requireNonNull;

/**
 * The tar of a layer that a build made, in the store.
 *
 * @param chain the name of the chain whose topmost layer it is
 * @param digest of the blob, as it is compressed
 * @param size of the blob in bytes
 * @param mediaType of the blob
 */
public record ChainBlob(String chain, String digest, long size, String mediaType) {
    public ChainBlob {
        requireNonNull(chain, "chain");
        requireNonNull(digest, "digest");
        requireNonNull(mediaType, "mediaType");
    }
}
