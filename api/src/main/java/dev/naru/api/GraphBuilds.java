package dev.naru.api;

import dev.naru.engine.GraphBuildRequest;
import java.io.InputStream;

/** Builds for {@code POST /build?version=2}, by the door that holds the clients' sessions. */
@FunctionalInterface
public interface GraphBuilds {
    /**
     * Builds.
     *
     * @return the image's id, empty when no image was made
     * @throws dev.naru.error.NaruException with what the build's client is to read
     * @throws InterruptedException when it was cancelled
     */
    String build(GraphBuildRequest request, InputStream body, GraphBuildRequest.Answer answer)
            throws InterruptedException;
}
