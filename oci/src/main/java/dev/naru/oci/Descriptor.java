package dev.naru.oci;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A reference to content by media type, digest and size in bytes (image-spec, descriptor.md). */
@Json
@RecordBuilder
public record Descriptor(
        String mediaType,
        String digest,
        long size,
        @Nullable List<String> urls,
        @Nullable Map<String, String> annotations,
        @Nullable String artifactType,
        @Nullable Platform platform) {}
