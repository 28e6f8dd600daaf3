package dev.naru.buildkit;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.json.LongTexts;
import dev.naru.oci.ImageConfig;
import io.avaje.json.JsonException;
import io.avaje.jsonb.Jsonb;

/** Configurations of images in the metadata of results. */
final class ImageConfigs {
    private static final Jsonb JSON =
            Jsonb.builder().adapter(LongTexts.stream()).build();

    private ImageConfigs() {}

    static String key(String platform) {
        return platform.isEmpty() ? "containerimage.config" : "containerimage.config/" + platform;
    }

    static byte[] write(ImageConfig config) {
        return JSON.type(ImageConfig.class).toJsonBytes(config);
    }

    static ImageConfig read(byte[] json) {
        try {
            return JSON.type(ImageConfig.class).fromJson(json);
        } catch (JsonException | IllegalStateException | NullPointerException broken) {
            throw NaruException.because(ErrorKind.INVALID, "invalid image configuration", broken);
        }
    }
}
