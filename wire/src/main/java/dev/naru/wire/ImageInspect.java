package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ImageInspect object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record ImageInspect(
        @Json.Property("Id") @Nullable String id,
        @Json.Property("Descriptor") @Nullable OCIDescriptor descriptor,
        @Json.Property("Manifests") @Nullable List<ImageManifestSummary> manifests,
        @Json.Property("RepoTags") @Nullable List<String> repoTags,
        @Json.Property("RepoDigests") @Nullable List<String> repoDigests,
        @Json.Property("Parent") @Nullable String parent,
        @Json.Property("Comment") @Nullable String comment,
        @Json.Property("Created") @Nullable String created,
        @Json.Property("DockerVersion") @Nullable String dockerVersion,
        @Json.Property("Author") @Nullable String author,
        @Json.Property("Config") @Nullable Object config,
        @Json.Property("Architecture") @Nullable String architecture,
        @Json.Property("Variant") @Nullable String variant,
        @Json.Property("Os") @Nullable String os,
        @Json.Property("OsVersion") @Nullable String osVersion,
        @Json.Property("Size") @Nullable Long size,
        @Json.Property("GraphDriver") @Nullable DriverData graphDriver,
        @Json.Property("RootFS") @Nullable ImageInspectRootFS rootFS,
        @Json.Property("Metadata") @Nullable ImageInspectMetadata metadata) {}
