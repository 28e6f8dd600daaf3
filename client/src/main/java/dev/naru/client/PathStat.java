package dev.naru.client;

import dev.naru.http.Headers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/**
 * What a path in a container is.
 *
 * @param mode as Go's os.FileMode has it: permission bits, directory 1&lt;&lt;31, link 1&lt;&lt;27
 * @param mtime RFC 3339
 */
public record PathStat(String name, long size, long mode, String mtime, String linkTarget) {

    /** Reads it from the header fields of an archive's answer. */
    public static PathStat of(Headers headers) {
        String header = headers.get("X-Docker-Container-Path-Stat");
        if (header == null) {
            throw new ApiException(0, "the engine did not tell what the path is");
        }
        try {
            return of(Json.object(Base64.getDecoder().decode(header.getBytes(StandardCharsets.US_ASCII))));
        } catch (IllegalArgumentException e) {
            throw new ApiException("cannot understand what the path is", e);
        }
    }

    private static PathStat of(Map<?, ?> json) {
        return new PathStat(
                text(json, "name"),
                number(json, "size"),
                number(json, "mode"),
                text(json, "mtime"),
                text(json, "linkTarget"));
    }

    private static String text(Map<?, ?> json, String key) {
        return json.get(key) instanceof String text ? text : "";
    }

    private static long number(Map<?, ?> json, String key) {
        return json.get(key) instanceof Number number ? number.longValue() : 0;
    }
}
