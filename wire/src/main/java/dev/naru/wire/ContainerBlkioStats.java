package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ContainerBlkioStats object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record ContainerBlkioStats(
        @Json.Property("io_service_bytes_recursive") @Nullable
        List<ContainerBlkioStatEntry> ioServiceBytesRecursive,

        @Json.Property("io_serviced_recursive") @Nullable List<ContainerBlkioStatEntry> ioServicedRecursive,
        @Json.Property("io_queue_recursive") @Nullable List<ContainerBlkioStatEntry> ioQueueRecursive,

        @Json.Property("io_service_time_recursive") @Nullable
        List<ContainerBlkioStatEntry> ioServiceTimeRecursive,

        @Json.Property("io_wait_time_recursive") @Nullable List<ContainerBlkioStatEntry> ioWaitTimeRecursive,
        @Json.Property("io_merged_recursive") @Nullable List<ContainerBlkioStatEntry> ioMergedRecursive,
        @Json.Property("io_time_recursive") @Nullable List<ContainerBlkioStatEntry> ioTimeRecursive,
        @Json.Property("sectors_recursive") @Nullable List<ContainerBlkioStatEntry> sectorsRecursive) {}
