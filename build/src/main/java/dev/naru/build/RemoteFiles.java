package dev.naru.build;

import java.io.InputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Fetches files over HTTP. */
@FunctionalInterface
public interface RemoteFiles {
    /**
     * Fetches one.
     *
     * @param read is given the answer
     */
    void fetch(String url, Consumer<Answer> read);

    /**
     * What came.
     *
     * @param fileName the name that the server gives it, null for none
     * @param modified seconds since 1970, 0 when the server does not say
     * @param size in bytes, -1 when unknown
     */
    record Answer(InputStream body, @Nullable String fileName, long modified, long size) {}
}
