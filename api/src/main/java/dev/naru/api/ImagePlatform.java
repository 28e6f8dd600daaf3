package dev.naru.api;

import dev.naru.error.NaruException;
import dev.naru.wire.ImageInspect;
import io.avaje.json.JsonException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The platform that a request asks of an image, as JSON: {@code {"os":"linux","architecture":"arm64"}}. */
final class ImagePlatform {
    private ImagePlatform() {}

    /** @throws NaruException NOT_FOUND when the image has another one */
    static void require(Call call, String name, ImageInspect image) {
        String asked = call.text("platform");
        if (asked == null || call.version().before(49)) {
            return;
        }
        Map<?, ?> platform = read(asked);
        String os = text(platform, "os");
        String architecture = text(platform, "architecture");
        String variant = text(platform, "variant");
        boolean same = os.equals(Objects.toString(image.os(), ""))
                && architecture.equals(Objects.toString(image.architecture(), ""))
                && (variant.isEmpty() || variant.equals(image.variant()));
        if (!same) {
            throw NaruException.notFound("image with reference " + name + " was found but its platform ("
                    + shown(image.os(), image.architecture(), image.variant())
                    + ") does not match the specified platform (" + shown(os, architecture, variant) + ")");
        }
    }

    private static Map<?, ?> read(String text) {
        try {
            if (Json.read(text) instanceof Map<?, ?> platform) {
                return platform;
            }
        } catch (JsonException | IndexOutOfBoundsException | IllegalStateException | ArithmeticException e) {
            throw NaruException.invalid("failed to parse platform: " + e.getMessage());
        }
        throw NaruException.invalid("failed to parse platform: it is no object");
    }

    private static String text(Map<?, ?> platform, String field) {
        return Objects.toString(platform.get(field), "");
    }

    private static String shown(@Nullable String os, @Nullable String architecture, @Nullable String variant) {
        return os + "/" + architecture + (variant == null || variant.isEmpty() ? "" : "/" + variant);
    }
}
