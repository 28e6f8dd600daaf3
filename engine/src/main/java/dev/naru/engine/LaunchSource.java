package dev.naru.engine;

import dev.naru.network.Attachment;
import dev.naru.runtime.LaunchRequest;
import java.util.List;

/** Turns a container and what its start has prepared into a launch. */
@FunctionalInterface
interface LaunchSource {
    LaunchRequest build(Container container, LaunchContext context);

    /**
     * Tells a launched container, whose program has not begun, of connections that were made after its launch.
     *
     * @param attachments all that it has
     */
    default void connected(Container container, List<Attachment> attachments) {}
}
