package dev.naru.image;

import dev.naru.oci.ImageConfig;
import dev.naru.oci.Manifest;
import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/**
 * The document of an image; its id is the digest of its configuration.
 *
 * @param config the configuration as far as this engine reads it; the blob has all of it
 * @param chainId the topmost layer; empty for none
 * @param lastTagged nanoseconds since 1970
 * @param parent the id of the image it was committed from, or null
 * @param unsafeSince the boot id under which its blobs were written, until they are known to be on the disk
 */
@Json
record StoredImage(
        String id,
        String manifestDigest,
        long manifestSize,
        Manifest manifest,
        ImageConfig config,
        String chainId,
        long size,
        long lastTagged,
        @Nullable String parent,
        @Nullable String unsafeSince) {
    static final String KIND = "images";

    StoredImage safe() {
        return new StoredImage(
                id, manifestDigest, manifestSize, manifest, config, chainId, size, lastTagged, parent, null);
    }

    StoredImage taggedAt(long time) {
        return new StoredImage(
                id, manifestDigest, manifestSize, manifest, config, chainId, size, time, parent, unsafeSince);
    }
}
