package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The IPAMConfig object of the Engine API v1.51; an absent field is null. */
@Json
public record IPAMConfig(
        @Json.Property("Subnet") @Nullable String subnet,
        @Json.Property("IPRange") @Nullable String ipRange,
        @Json.Property("Gateway") @Nullable String gateway,
        @Json.Property("AuxiliaryAddresses") @Nullable Map<String, String> auxiliaryAddresses) {}
