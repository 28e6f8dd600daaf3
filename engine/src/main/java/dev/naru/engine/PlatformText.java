package dev.naru.engine;

import dev.naru.error.NaruException;
import dev.naru.oci.ImageConfig;
import dev.naru.oci.Platform;
import dev.naru.oci.PlatformMatch;
import io.avaje.json.JsonException;
import io.avaje.json.mapper.JsonMapper;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A platform as newer clients send it: the specification's JSON. */
final class PlatformText {
    private PlatformText() {}

    /** Reads one of either form: newer clients send JSON, older ones {@code os/arch/variant}. */
    static Platform of(String text) {
        return text.startsWith("{") ? read(text) : PlatformMatch.parse(text);
    }

    static String text(Platform platform) {
        String variant = platform.variant();
        String text = platform.os() + "/" + platform.architecture();
        return variant == null || variant.isEmpty() ? text : text + "/" + variant;
    }

    static String text(ImageConfig config) {
        return text(new Platform(config.architecture(), config.os(), null, null, config.variant()));
    }

    static Platform read(String json) {
        try {
            Map<String, Object> object = JsonMapper.builder().build().fromJsonObject(json);
            String architecture = text(object.get("architecture"));
            String os = text(object.get("os"));
            if (architecture == null || os == null) {
                throw NaruException.invalid("invalid platform \"" + json + "\"");
            }
            return new Platform(architecture, os, null, null, text(object.get("variant")));
        } catch (JsonException | IllegalStateException broken) {
            throw NaruException.invalid("invalid platform \"" + json + "\"");
        }
    }

    private static @Nullable String text(@Nullable Object value) {
        return value instanceof String text ? text : null;
    }
}
