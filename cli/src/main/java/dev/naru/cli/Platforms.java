package dev.naru.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Platforms as options give them and as newer operations take them. */
final class Platforms {
    private Platforms() {}

    /** What {@code --platform} says, else {@code DOCKER_DEFAULT_PLATFORM}; null for neither. */
    static @Nullable String wanted(Arguments arguments) {
        String option = arguments.get("platform");
        return option == null ? EngineChoice.variable("DOCKER_DEFAULT_PLATFORM") : option;
    }

    /** {@code os[/arch[/variant]]} as the image specification's JSON; null for null. */
    static @Nullable String json(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        String[] parts = text.split("/", -1);
        if (parts.length > 3 || parts[0].isEmpty()) {
            throw new CliException("invalid platform: \"" + text + "\": must be os[/arch[/variant]]");
        }
        Map<String, String> fields = new LinkedHashMap<>();
        if (parts.length > 1) {
            fields.put("architecture", parts[1]);
        }
        fields.put("os", parts[0]);
        if (parts.length > 2) {
            fields.put("variant", parts[2]);
        }
        return JsonText.compact(fields);
    }
}
