package dev.naru.wire;

import io.avaje.jsonb.Json;

/** The empty object that stands for membership in Docker's sets, as in {@code "ExposedPorts": {"80/tcp": {}}}. */
@Json
public record Empty() {}
