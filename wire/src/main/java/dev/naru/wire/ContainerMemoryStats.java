package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The ContainerMemoryStats object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record ContainerMemoryStats(
        @Json.Property("usage") @Nullable Long usage,
        @Json.Property("max_usage") @Nullable Long maxUsage,
        @Json.Property("stats") @Nullable Map<String, Long> stats,
        @Json.Property("failcnt") @Nullable Long failcnt,
        @Json.Property("limit") @Nullable Long limit,
        @Json.Property("commitbytes") @Nullable Long commitbytes,
        @Json.Property("commitpeakbytes") @Nullable Long commitpeakbytes,
        @Json.Property("privateworkingset") @Nullable Long privateworkingset) {}
