package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The NetworkSettings object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record NetworkSettings(
        @Json.Property("Bridge") @Nullable String bridge,
        @Json.Property("SandboxID") @Nullable String sandboxID,
        @Json.Property("HairpinMode") @Nullable Boolean hairpinMode,
        @Json.Property("LinkLocalIPv6Address") @Nullable String linkLocalIPv6Address,
        @Json.Property("LinkLocalIPv6PrefixLen") @Nullable Integer linkLocalIPv6PrefixLen,
        @Json.Property("Ports") @Nullable Map<String, List<PortBinding>> ports,
        @Json.Property("SandboxKey") @Nullable String sandboxKey,
        @Json.Property("SecondaryIPAddresses") @Nullable List<Address> secondaryIPAddresses,
        @Json.Property("SecondaryIPv6Addresses") @Nullable List<Address> secondaryIPv6Addresses,
        @Json.Property("EndpointID") @Nullable String endpointID,
        @Json.Property("Gateway") @Nullable String gateway,
        @Json.Property("GlobalIPv6Address") @Nullable String globalIPv6Address,
        @Json.Property("GlobalIPv6PrefixLen") @Nullable Integer globalIPv6PrefixLen,
        @Json.Property("IPAddress") @Nullable String ipAddress,
        @Json.Property("IPPrefixLen") @Nullable Integer ipPrefixLen,
        @Json.Property("IPv6Gateway") @Nullable String iPv6Gateway,
        @Json.Property("MacAddress") @Nullable String macAddress,
        @Json.Property("Networks") @Nullable Map<String, EndpointSettings> networks) {}
