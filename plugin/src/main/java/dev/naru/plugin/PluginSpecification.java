package dev.naru.plugin;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The file {@code NAME.json}. */
@Json
record PluginSpecification(
        @Json.Property("Name") @Nullable String name,
        @Json.Property("Addr") @Nullable String address,
        @Json.Property("TLSConfig") @Nullable PluginSecurity tls) {}
