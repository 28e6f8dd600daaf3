package dev.naru.plugin;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What any answer of a plug-in may say, whatever else is in it.
 *
 * @param error of volume and network drivers
 * @param problem of address management
 * @param interfaces of {@code Plugin.Activate}
 */
@Json
record PluginAnswer(
        @Json.Property("Err") @Nullable String error,
        @Json.Property("Error") @Nullable String problem,
        @Json.Property("Implements") @Nullable List<String> interfaces) {
    String refusal() {
        return error != null && !error.isEmpty() ? error : problem == null ? "" : problem;
    }
}
