package dev.naru.build;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
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

    /**
     * An image of an OCI layout that the client holds.
     *
     * @throws dev.naru.error.NaruException NOT_SUPPORTED when the client offers none
     */
    default Image find(
            Source.Layout layout, @Nullable Platform platform, BuildProgress.Step step, BuildProgress progress) {
        throw new NaruException(
                ErrorKind.NOT_SUPPORTED,
                "cannot read " + layout.reference(),
                "this client offers no OCI layouts",
                "load the image first",
                null);
    }
}
