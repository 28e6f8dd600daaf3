package dev.naru.registry;

import dev.naru.http.Headers;
import java.io.IOException;
import java.net.URI;
import java.util.Locale;

/**
 * A server's answer.
 *
 * @param uri what was asked in the end, after redirects
 */
record Answer(int status, Headers headers, AnswerBody body, URI uri) implements AutoCloseable {
    /** A field's first value, empty when there is none. */
    String header(String name) {
        return headers.get(name, "");
    }

    /** The media type without its parameters, in lower case. */
    String mediaType() {
        String type = header("Content-Type");
        int semicolon = type.indexOf(';');
        return (semicolon < 0 ? type : type.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
    }

    /** The announced length in bytes, -1 when it is not told. */
    long length() {
        try {
            String text = header("Content-Length");
            return text.isEmpty() ? -1 : Long.parseLong(text);
        } catch (NumberFormatException broken) {
            return -1;
        }
    }

    /** The address in {@code Location}. */
    URI location() throws IOException {
        String text = header("Location");
        if (text.isEmpty()) {
            throw new IOException("the answer has no Location");
        }
        try {
            return uri.resolve(text);
        } catch (IllegalArgumentException broken) {
            throw new IOException("the answer's Location \"" + text + "\" is no address", broken);
        }
    }

    /** Reads what is left, so that the connection serves again; a long rest is not worth it. */
    void drain() {
        try {
            body.readAll(64 * 1024);
        } catch (IOException notWorthIt) {
            body.close();
        }
    }

    @Override
    public void close() {
        body.close();
    }
}
