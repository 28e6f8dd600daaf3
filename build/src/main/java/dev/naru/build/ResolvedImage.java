package dev.naru.build;

import static java.util.Objects.requireNonNull;

import dev.naru.oci.ImageConfig;
import org.jspecify.annotations.Nullable;

/**
 * An image that was found.
 *
 * @param digest of its manifest or index, null when it has none
 */
public record ResolvedImage(String reference, @Nullable String digest, ImageConfig config) {
    public ResolvedImage {
        requireNonNull(reference, "reference");
        requireNonNull(config, "config");
    }
}
