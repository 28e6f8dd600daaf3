package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The NetworkPruneResponse object of the Engine API v1.51; an absent field is null. */
@Json
public record NetworkPruneResponse(
        @Json.Property("NetworksDeleted") @Nullable List<String> networksDeleted) {}
