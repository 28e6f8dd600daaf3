package dev.naru.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The engine's answer; the body must be read to its end or closed.
 *
 * @param headers by lower-case name
 */
record Reply(int status, Map<String, String> headers, InputStream body) implements AutoCloseable {
    /** The body as a JSON tree: maps, lists, strings, numbers, booleans, null. */
    @Nullable
    Object json() throws IOException {
        return Json.read(bytes());
    }

    byte[] bytes() throws IOException {
        try (body) {
            var all = new ByteArrayOutputStream(1024);
            body.transferTo(all);
            return all.toByteArray();
        }
    }

    @Override
    public void close() {
        try {
            body.close();
        } catch (IOException e) {
            // The answer is not wanted any more.
            return;
        }
    }
}
