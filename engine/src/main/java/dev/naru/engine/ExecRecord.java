package dev.naru.engine;

import dev.naru.wire.ExecCreateRequest;
import io.avaje.jsonb.Json;

/**
 * An exec that has not ended: the document of kind {@code execs}, by which the next engine finds it again.
 *
 * @param container the container's id
 * @param started whether its process was about to be made
 */
@Json
record ExecRecord(String id, String container, ExecCreateRequest request, boolean started) {}
