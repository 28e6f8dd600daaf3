package dev.naru.oci;

import io.avaje.jsonb.Json;

/** The size of a terminal, in characters (runtime-spec, config.md, Process). */
@Json
public record ConsoleSize(int height, int width) {}
