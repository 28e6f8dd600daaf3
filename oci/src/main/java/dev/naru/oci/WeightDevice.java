package dev.naru.oci;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The weight of one block device (runtime-spec, config-linux.md, Block IO). */
@Json
public record WeightDevice(
        long major,
        long minor,
        @Nullable Integer weight,
        @Nullable Integer leafWeight) {}
