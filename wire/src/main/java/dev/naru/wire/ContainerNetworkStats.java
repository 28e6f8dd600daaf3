package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/** The ContainerNetworkStats object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record ContainerNetworkStats(
        @Json.Property("rx_bytes") @Nullable Long rxBytes,
        @Json.Property("rx_packets") @Nullable Long rxPackets,
        @Json.Property("rx_errors") @Nullable Long rxErrors,
        @Json.Property("rx_dropped") @Nullable Long rxDropped,
        @Json.Property("tx_bytes") @Nullable Long txBytes,
        @Json.Property("tx_packets") @Nullable Long txPackets,
        @Json.Property("tx_errors") @Nullable Long txErrors,
        @Json.Property("tx_dropped") @Nullable Long txDropped,
        @Json.Property("endpoint_id") @Nullable String endpointId,
        @Json.Property("instance_id") @Nullable String instanceId) {}
