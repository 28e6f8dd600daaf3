package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The ContainerStatsResponse object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record ContainerStatsResponse(
        @Json.Property("name") @Nullable String name,
        @Json.Property("id") @Nullable String id,
        @Json.Property("read") @Nullable String read,
        @Json.Property("preread") @Nullable String preread,
        @Json.Property("pids_stats") @Nullable ContainerPidsStats pidsStats,
        @Json.Property("blkio_stats") @Nullable ContainerBlkioStats blkioStats,
        @Json.Property("num_procs") @Nullable Integer numProcs,
        @Json.Property("storage_stats") @Nullable ContainerStorageStats storageStats,
        @Json.Property("cpu_stats") @Nullable ContainerCPUStats cpuStats,
        @Json.Property("precpu_stats") @Nullable ContainerCPUStats precpuStats,
        @Json.Property("memory_stats") @Nullable ContainerMemoryStats memoryStats,
        @Json.Property("networks") @Nullable Map<String, ContainerNetworkStats> networks) {}
