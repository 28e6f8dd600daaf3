package dev.naru.build;

import dev.naru.image.Image;
import dev.naru.oci.Platform;
import org.jspecify.annotations.Nullable;

/** Finds the images that builds stand on, fetching them when needed. */
@FunctionalInterface
public interface BaseImages {
    /**
     * The image.
     *
     * @param platform the platform it must be for, null for the host's
     * @throws dev.naru.error.NaruException NOT_FOUND when neither the store nor a registry has it
     */
    Image find(Source.Image source, @Nullable Platform platform, BuildProgress.Step step, BuildProgress progress);
}
