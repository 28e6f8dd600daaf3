package dev.naru.image;

import dev.naru.oci.Descriptor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An image that an archive or a registry describes.
 *
 * @param config the configuration's bytes, whose digest is the image's id
 * @param layers the blobs of its layers, lowest first
 * @param manifest the manifest as it came, or null to make one
 * @param references its names in full
 * @param indexes the indexes that it came by, outermost first; their blobs are stored
 */
record ImagePlan(
        byte[] config,
        List<String> layers,
        byte @Nullable [] manifest,
        List<String> references,
        List<Descriptor> indexes) {
    /** An image of one platform. */
    ImagePlan(byte[] config, List<String> layers, byte @Nullable [] manifest, List<String> references) {
        this(config, layers, manifest, references, List.of());
    }
}
