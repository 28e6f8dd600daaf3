package dev.naru.image;

import dev.naru.oci.Descriptor;
import dev.naru.oci.ImageConfig;
import dev.naru.oci.Manifest;
import io.avaje.jsonb.Json;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The document of an image; its id is the digest of its configuration.
 *
 * @param config the configuration as far as this engine reads it; the blob has all of it
 * @param chainId the topmost layer; empty for none
 * @param lastTagged nanoseconds since 1970
 * @param parent the id of the image it was committed from, or null
 * @param unsafeSince the boot id under which its blobs were written, until they are known to be on the disk
 * @param indexes the indexes it was pulled by, whose blobs are kept with it; null for none
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
        @Nullable String unsafeSince,
        @Nullable List<Descriptor> indexes) {
    static final String KIND = "images";

    StoredImage safe() {
        return new StoredImage(
                id, manifestDigest, manifestSize, manifest, config, chainId, size, lastTagged, parent, null, indexes);
    }

    StoredImage taggedAt(long time) {
        return new StoredImage(
                id, manifestDigest, manifestSize, manifest, config, chainId, size, time, parent, unsafeSince, indexes);
    }

    /** The same, pulled by way of these indexes. */
    StoredImage under(@Nullable List<Descriptor> others) {
        return new StoredImage(
                id,
                manifestDigest,
                manifestSize,
                manifest,
                config,
                chainId,
                size,
                lastTagged,
                parent,
                unsafeSince,
                others);
    }

    /** The same, with the indexes of a later one before its own. */
    StoredImage alsoUnder(StoredImage other) {
        var all = new LinkedHashSet<>(other.indexes() == null ? List.<Descriptor>of() : other.indexes());
        all.addAll(indexes == null ? List.of() : indexes);
        return under(all.isEmpty() ? null : List.copyOf(all));
    }
}
