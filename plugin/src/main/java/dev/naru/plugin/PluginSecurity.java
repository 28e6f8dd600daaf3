package dev.naru.plugin;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** How a plug-in behind TLS is known, and we to it. */
@Json
public record PluginSecurity(
        @Json.Property("InsecureSkipVerify") boolean insecureSkipVerify,
        @Json.Property("CAFile") @Nullable String ca,
        @Json.Property("CertFile") @Nullable String certificate,
        @Json.Property("KeyFile") @Nullable String key) {}
