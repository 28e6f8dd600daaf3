package dev.naru.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The first line and the header fields of a message, as RFC 9112 sections 2 to 5 have them. */
record Head(String firstLine, Headers headers) {

    /** Reads one; null when the connection ends before its first byte. */
    static @Nullable Head read(ConnectionInput input, Limits limits) throws IOException {
        if (!input.awaitInput()) {
            return null;
        }
        var lines = new LineReader(input, limits.head());
        String first = lines.next();
        // RFC 9112 2.2: an empty line before a request is to be ignored.
        if (first.isEmpty()) {
            first = lines.next();
        }
        return new Head(first, fields(lines, limits));
    }

    private static Headers fields(LineReader lines, Limits limits) throws IOException {
        var headers = new Headers();
        for (String line = lines.next(); !line.isEmpty(); line = lines.next()) {
            if (headers.size() == limits.fields()) {
                throw new HttpException(431, "too many header fields");
            }
            int colon = line.indexOf(':');
            if (colon <= 0 || !isToken(line, colon)) {
                throw new HttpException(400, "malformed header field");
            }
            headers.add(line.substring(0, colon), line.substring(colon + 1).strip());
        }
        return headers;
    }

    /** Whether the first {@code end} characters are a token of RFC 9110 5.6.2. */
    static boolean isToken(String text, int end) {
        for (int at = 0; at < end; at++) {
            char c = text.charAt(at);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!plain && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
                return false;
            }
        }
        return end > 0;
    }

    /** Lines that end with CR LF, or LF alone, of at most so many bytes altogether. */
    private static final class LineReader {
        private final ConnectionInput input;
        private int left;
        private byte[] line = new byte[128];

        LineReader(ConnectionInput input, int most) {
            this.input = input;
            this.left = most;
        }

        String next() throws IOException {
            int length = 0;
            for (int c = read(); c != '\n'; c = read()) {
                if (c == 0) {
                    // At once: a client that tries TLS here waits for our answer with its line unfinished.
                    throw new HttpException(400, "control character in the message head");
                }
                if (length == line.length) {
                    line = java.util.Arrays.copyOf(line, length * 2);
                }
                line[length++] = (byte) c;
            }
            if (length > 0 && line[length - 1] == '\r') {
                length--;
            }
            return text(length);
        }

        private String text(int length) throws HttpException {
            for (int at = 0; at < length; at++) {
                if (line[at] == 0 || line[at] == '\r') {
                    throw new HttpException(400, "control character in the message head");
                }
            }
            return new String(line, 0, length, StandardCharsets.ISO_8859_1);
        }

        private int read() throws IOException {
            int c = input.read();
            if (c < 0) {
                throw new HttpException(400, "connection closed inside a message head");
            }
            if (--left < 0) {
                throw new HttpException(431, "message head too large");
            }
            return c;
        }
    }
}
