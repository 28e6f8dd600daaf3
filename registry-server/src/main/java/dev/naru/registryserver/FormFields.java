package dev.naru.registryserver;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Fields of a form in a request's body ({@code application/x-www-form-urlencoded}). */
final class FormFields {
    private FormFields() {}

    /** @throws Refusal UNAUTHORIZED when it is malformed */
    static Map<String, String> parse(String body) {
        var fields = new HashMap<String, String>();
        try {
            for (String pair : body.split("&", -1)) {
                int equals = pair.indexOf('=');
                if (equals > 0) {
                    fields.put(
                            URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8),
                            URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
                }
            }
        } catch (IllegalArgumentException malformed) {
            throw new Refusal(DistributionError.UNAUTHORIZED, "malformed form", null);
        }
        return fields;
    }
}
