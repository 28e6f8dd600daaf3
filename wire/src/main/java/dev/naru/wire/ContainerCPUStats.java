package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The ContainerCPUStats object of the Engine API v1.51; an absent field is null. */
@Json
public record ContainerCPUStats(
        @Json.Property("cpu_usage") @Nullable ContainerCPUUsage cpuUsage,
        @Json.Property("system_cpu_usage") @Nullable Long systemCpuUsage,
        @Json.Property("online_cpus") @Nullable Integer onlineCpus,
        @Json.Property("throttling_data") @Nullable ContainerThrottlingData throttlingData) {}
