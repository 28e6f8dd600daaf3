package dev.naru.image;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One image in the manifest.json of a docker-archive (Docker image specification 1.2, Combined Image JSON). */
@Json
record ArchiveEntry(
        @Json.Property("Config") String config,
        @Json.Property("RepoTags") @Nullable List<String> repoTags,
        @Json.Property("Layers") @Nullable List<String> layers) {}
