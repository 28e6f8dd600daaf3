package dev.naru.volume;

import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What Docker's volume plug-in protocol says; an absent field is null. */
final class PluginMessages {
    private PluginMessages() {}

    /** A call. */
    @Json
    record Question(
            @Json.Property("Name") @Nullable String name,
            @Json.Property("Opts") @Nullable Map<String, String> options,
            @Json.Property("ID") @Nullable String id) {}

    /** The answer of any call. */
    @Json
    record Answer(
            @Json.Property("Mountpoint") @Nullable String mountpoint,
            @Json.Property("Volume") @Nullable Known volume,
            @Json.Property("Volumes") @Nullable List<Known> volumes,
            @Json.Property("Capabilities") @Nullable Capabilities capabilities) {}

    /** A volume as its plug-in knows it. */
    @Json
    record Known(
            @Json.Property("Name") @Nullable String name,
            @Json.Property("Mountpoint") @Nullable String mountpoint,
            @Json.Property("CreatedAt") @Nullable String createdAt,
            @Json.Property("Status") @Nullable Map<String, Object> status) {}

    /** What a plug-in can. */
    @Json
    record Capabilities(@Json.Property("Scope") @Nullable String scope) {}
}
