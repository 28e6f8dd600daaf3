package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The RegistryServiceConfig object of the Engine API v1.51; an absent field is null. */
@Json
public record RegistryServiceConfig(
        @Json.Property("InsecureRegistryCIDRs") @Nullable List<String> insecureRegistryCIDRs,
        @Json.Property("IndexConfigs") @Nullable Map<String, IndexInfo> indexConfigs,
        @Json.Property("Mirrors") @Nullable List<String> mirrors) {}
