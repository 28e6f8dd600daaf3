package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The ImageSummary object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record ImageSummary(
        @Json.Property("Id") @Nullable String id,
        @Json.Property("ParentId") @Nullable String parentId,
        @Json.Property("RepoTags") @Nullable List<String> repoTags,
        @Json.Property("RepoDigests") @Nullable List<String> repoDigests,
        @Json.Property("Created") @Nullable Long created,
        @Json.Property("Size") @Nullable Long size,
        @Json.Property("SharedSize") @Nullable Long sharedSize,
        @Json.Property("Labels") @Nullable Map<String, String> labels,
        @Json.Property("Containers") @Nullable Integer containers,
        @Json.Property("Manifests") @Nullable List<ImageManifestSummary> manifests,
        @Json.Property("Descriptor") @Nullable OCIDescriptor descriptor) {}
