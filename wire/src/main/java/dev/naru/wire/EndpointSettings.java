package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The EndpointSettings object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record EndpointSettings(
        @Json.Property("IPAMConfig") @Nullable EndpointIPAMConfig ipamConfig,
        @Json.Property("Links") @Nullable List<String> links,
        @Json.Property("MacAddress") @Nullable String macAddress,
        @Json.Property("Aliases") @Nullable List<String> aliases,
        @Json.Property("DriverOpts") @Nullable Map<String, String> driverOpts,
        @Json.Property("GwPriority") @Nullable Long gwPriority,
        @Json.Property("NetworkID") @Nullable String networkID,
        @Json.Property("EndpointID") @Nullable String endpointID,
        @Json.Property("Gateway") @Nullable String gateway,
        @Json.Property("IPAddress") @Nullable String ipAddress,
        @Json.Property("IPPrefixLen") @Nullable Integer ipPrefixLen,
        @Json.Property("IPv6Gateway") @Nullable String iPv6Gateway,
        @Json.Property("GlobalIPv6Address") @Nullable String globalIPv6Address,
        @Json.Property("GlobalIPv6PrefixLen") @Nullable Long globalIPv6PrefixLen,
        @Json.Property("DNSNames") @Nullable List<String> dnsNames) {}
