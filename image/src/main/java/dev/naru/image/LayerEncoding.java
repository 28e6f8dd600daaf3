package dev.naru.image;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;

/**
 * How layers of a built image leave this engine.
 *
 * @param kind {@link Compression#NONE}, {@code GZIP} or {@code ZSTD}
 * @param level of zstd, 0 for its own; gzip has one level here
 * @param forced whether layers of base images are brought into this form too, instead of left as they came
 */
public record LayerEncoding(Compression kind, int level, boolean forced) {
    public LayerEncoding {
        requireNonNull(kind, "kind");
        if (kind != Compression.NONE && kind != Compression.GZIP && kind != Compression.ZSTD) {
            throw NaruException.invalid("cannot compress layers with " + kind);
        }
    }

    /** What builds made is compressed so, what their bases have stays as it is. */
    public static LayerEncoding of(Compression kind) {
        return new LayerEncoding(kind, 0, false);
    }
}
