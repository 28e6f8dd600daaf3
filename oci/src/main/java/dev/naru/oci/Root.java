package dev.naru.oci;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The root file system (runtime-spec, config.md, Root). */
@Json
public record Root(String path, @Nullable Boolean readonly) {}
