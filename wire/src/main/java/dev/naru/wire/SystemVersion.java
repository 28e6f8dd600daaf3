package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The SystemVersion object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record SystemVersion(
        @Json.Property("Platform") @Nullable SystemVersionPlatform platform,
        @Json.Property("Components") @Nullable List<SystemVersionComponent> components,
        @Json.Property("Version") @Nullable String version,
        @Json.Property("ApiVersion") @Nullable String apiVersion,
        @Json.Property("MinAPIVersion") @Nullable String minAPIVersion,
        @Json.Property("GitCommit") @Nullable String gitCommit,
        @Json.Property("GoVersion") @Nullable String goVersion,
        @Json.Property("Os") @Nullable String os,
        @Json.Property("Arch") @Nullable String arch,
        @Json.Property("KernelVersion") @Nullable String kernelVersion,
        @Json.Property("Experimental") @Nullable Boolean experimental,
        @Json.Property("BuildTime") @Nullable String buildTime) {}
