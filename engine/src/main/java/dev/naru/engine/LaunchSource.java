package dev.naru.engine;

import dev.naru.runtime.LaunchRequest;

/** Turns a container and what its start has prepared into a launch. */
@FunctionalInterface
interface LaunchSource {
    LaunchRequest build(Container container, LaunchContext context);
}
