package dev.naru.oci;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One mount, in order (runtime-spec, config.md, Mounts). */
@Json
@RecordBuilder
public record Mount(
        String destination,
        @Nullable String type,
        @Nullable String source,
        @Nullable List<String> options) {}
