package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ContainerCPUUsage object of the Engine API v1.51; an absent field is null. */
@Json
public record ContainerCPUUsage(
        @Json.Property("total_usage") @Nullable Long totalUsage,
        @Json.Property("percpu_usage") @Nullable List<Long> percpuUsage,
        @Json.Property("usage_in_kernelmode") @Nullable Long usageInKernelmode,
        @Json.Property("usage_in_usermode") @Nullable Long usageInUsermode) {}
