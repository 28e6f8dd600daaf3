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
 * @param docker whether a manifest that is made is one of Docker's
 */
record ImagePlan(
        byte[] config,
        List<String> layers,
        byte @Nullable [] manifest,
        List<String> references,
        List<Descriptor> indexes,
        boolean docker) {
    /** An image of one platform. */
    ImagePlan(byte[] config, List<String> layers, byte @Nullable [] manifest, List<String> references) {
        this(config, layers, manifest, references, List.of(), false);
    }

    /** An image whose manifest is to be as Docker writes it. */
    static ImagePlan docker(byte[] config, List<String> layers, List<String> references) {
        return new ImagePlan(config, layers, null, references, List.of(), true);
    }
}
