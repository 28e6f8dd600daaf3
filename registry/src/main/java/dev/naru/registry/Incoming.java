package dev.naru.registry;

import static java.util.Objects.requireNonNull;

import java.io.InputStream;

/**
 * A blob that begins to arrive, to be closed by its reader.
 *
 * @param size in bytes, -1 when the registry does not tell
 * @param content not verified
 */
public record Incoming(long size, InputStream content) {
    public Incoming {
        requireNonNull(content, "content");
    }
}
