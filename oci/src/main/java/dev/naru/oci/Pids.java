package dev.naru.oci;

import io.avaje.jsonb.Json;

/** How many tasks may exist, -1 for no limit (runtime-spec, config-linux.md, PIDs). */
@Json
public record Pids(long limit) {}
