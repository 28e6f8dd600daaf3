package dev.naru.build;

import dev.naru.error.NaruException;
import dev.naru.oci.Platform;
import java.util.Optional;

/** What a frontend asks of the world outside while it reads a build file. */
public interface BuildContextAccess {
    /**
     * Finds an image, and how it is run, without its layers.
     *
     * @param source {@link Source.Image} or {@link Source.Layout}
     * @throws NaruException NOT_FOUND when there is none
     */
    ResolvedImage image(Source source, Platform platform);

    /** A file of a tree, at most 16 MiB and one byte; empty when there is none. */
    Optional<byte[]> file(Vertex.Input tree, String path);
}
