package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The Resources object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record Resources(
        @Json.Property("CpuShares") @Nullable Long cpuShares,
        @Json.Property("Memory") @Nullable Long memory,
        @Json.Property("CgroupParent") @Nullable String cgroupParent,
        @Json.Property("BlkioWeight") @Nullable Integer blkioWeight,
        @Json.Property("BlkioWeightDevice") @Nullable List<WeightDevice> blkioWeightDevice,
        @Json.Property("BlkioDeviceReadBps") @Nullable List<ThrottleDevice> blkioDeviceReadBps,
        @Json.Property("BlkioDeviceWriteBps") @Nullable List<ThrottleDevice> blkioDeviceWriteBps,
        @Json.Property("BlkioDeviceReadIOps") @Nullable List<ThrottleDevice> blkioDeviceReadIOps,
        @Json.Property("BlkioDeviceWriteIOps") @Nullable List<ThrottleDevice> blkioDeviceWriteIOps,
        @Json.Property("CpuPeriod") @Nullable Long cpuPeriod,
        @Json.Property("CpuQuota") @Nullable Long cpuQuota,
        @Json.Property("CpuRealtimePeriod") @Nullable Long cpuRealtimePeriod,
        @Json.Property("CpuRealtimeRuntime") @Nullable Long cpuRealtimeRuntime,
        @Json.Property("CpusetCpus") @Nullable String cpusetCpus,
        @Json.Property("CpusetMems") @Nullable String cpusetMems,
        @Json.Property("Devices") @Nullable List<DeviceMapping> devices,
        @Json.Property("DeviceCgroupRules") @Nullable List<String> deviceCgroupRules,
        @Json.Property("DeviceRequests") @Nullable List<DeviceRequest> deviceRequests,
        @Json.Property("KernelMemoryTCP") @Nullable Long kernelMemoryTCP,
        @Json.Property("MemoryReservation") @Nullable Long memoryReservation,
        @Json.Property("MemorySwap") @Nullable Long memorySwap,
        @Json.Property("MemorySwappiness") @Nullable Long memorySwappiness,
        @Json.Property("NanoCpus") @Nullable Long nanoCpus,
        @Json.Property("OomKillDisable") @Nullable Boolean oomKillDisable,
        @Json.Property("Init") @Nullable Boolean init,
        @Json.Property("PidsLimit") @Nullable Long pidsLimit,
        @Json.Property("Ulimits") @Nullable List<Ulimit> ulimits,
        @Json.Property("CpuCount") @Nullable Long cpuCount,
        @Json.Property("CpuPercent") @Nullable Long cpuPercent,
        @Json.Property("IOMaximumIOps") @Nullable Long ioMaximumIOps,
        @Json.Property("IOMaximumBandwidth") @Nullable Long ioMaximumBandwidth) {}
