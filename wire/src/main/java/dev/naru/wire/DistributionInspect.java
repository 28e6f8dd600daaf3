package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The DistributionInspect object of the Engine API v1.51; an absent field is null. */
@Json
public record DistributionInspect(
        @Json.Property("Descriptor") @Nullable OCIDescriptor descriptor,
        @Json.Property("Platforms") @Nullable List<OCIPlatform> platforms) {}
