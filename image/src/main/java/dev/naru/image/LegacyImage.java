package dev.naru.image;

import dev.naru.oci.ImageRunConfig;
import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** A layer's json in an archive of Docker before 1.10 (Docker image specification 1.0). */
@Json
record LegacyImage(
        String id,
        @Nullable String parent,
        @Nullable String created,
        @Nullable String author,
        @Nullable String comment,
        @Nullable String architecture,
        @Nullable String os,
        @Nullable ImageRunConfig config,
        @Json.Property("container_config") @Nullable ImageRunConfig containerConfig) {}
