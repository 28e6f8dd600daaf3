package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The DeviceRequest object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record DeviceRequest(
        @Json.Property("Driver") @Nullable String driver,
        @Json.Property("Count") @Nullable Integer count,
        @Json.Property("DeviceIDs") @Nullable List<String> deviceIDs,
        @Json.Property("Capabilities") @Nullable List<List<String>> capabilities,
        @Json.Property("Options") @Nullable Map<String, String> options) {}
