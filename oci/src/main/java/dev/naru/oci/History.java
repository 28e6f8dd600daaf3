package dev.naru.oci;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** One step of how an image was made (image-spec, config.md, history). */
@Json
public record History(
        @Nullable String created,
        @Json.Property("created_by") @Nullable String createdBy,
        @Nullable String author,
        @Nullable String comment,
        @Json.Property("empty_layer") @Nullable Boolean emptyLayer) {}
