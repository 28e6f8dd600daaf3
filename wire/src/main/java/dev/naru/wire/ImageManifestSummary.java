package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/** The ImageManifestSummary object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record ImageManifestSummary(
        @Json.Property("ID") @Nullable String id,
        @Json.Property("Descriptor") @Nullable OCIDescriptor descriptor,
        @Json.Property("Available") @Nullable Boolean available,
        @Json.Property("Size") @Nullable ImageManifestSummarySize size,
        @Json.Property("Kind") @Nullable String kind,
        @Json.Property("ImageData") @Nullable ImageManifestSummaryImageData imageData,
        @Json.Property("AttestationData") @Nullable ImageManifestSummaryAttestationData attestationData) {}
