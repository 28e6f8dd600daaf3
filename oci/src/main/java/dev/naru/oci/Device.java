package dev.naru.oci;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/** A device node to make; type is c, b, u or p (runtime-spec, config-linux.md, Devices). */
@Json
@RecordBuilder
public record Device(
        String type,
        String path,
        @Nullable Long major,
        @Nullable Long minor,
        @Nullable Integer fileMode,
        @Nullable Integer uid,
        @Nullable Integer gid) {}
