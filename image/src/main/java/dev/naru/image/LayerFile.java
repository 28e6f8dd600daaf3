package dev.naru.image;

import static java.util.Objects.requireNonNull;

import dev.naru.linux.FileStatus;
import io.avaje.jsonb.Json;

/**
 * A regular file of a layer whose content is known without reading it.
 *
 * @param path relative to the layer's directory, a byte string without links on the way
 * @param content the digest of its content
 * @param permissions with set-uid, set-gid and sticky
 * @param seconds of its time, since 1970
 */
@Json
public record LayerFile(
        String path, String content, long size, int permissions, long uid, long gid, long seconds, int nanos) {
    public LayerFile {
        requireNonNull(path, "path");
        requireNonNull(content, "content");
    }

    /** Whether what is there looks as it did. */
    boolean is(FileStatus status) {
        return status.isRegular() && status.size() == size && status.modified() == seconds && status.nanos() == nanos;
    }
}
