package dev.naru.engine;

import dev.naru.oci.Process;
import dev.naru.wire.ExecCreateRequest;

/** Turns a client's request into a process that joins a container. */
@FunctionalInterface
interface ProcessSource {
    Process build(Container container, ExecCreateRequest request);
}
