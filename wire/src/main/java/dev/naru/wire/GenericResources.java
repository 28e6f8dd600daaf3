package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The GenericResources object of the Engine API v1.51; an absent field is null. */
@Json
public record GenericResources(
        @Json.Property("NamedResourceSpec") @Nullable GenericResourcesNamedResourceSpec namedResourceSpec,
        @Json.Property("DiscreteResourceSpec") @Nullable GenericResourcesDiscreteResourceSpec discreteResourceSpec) {}
