package dev.naru.registryserver;

import dev.naru.http.Exchange;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** A name and a password, as HTTP's basic scheme carries them (RFC 7617). */
record Credentials(String user, String password) {
    /** Those of a request; null without, or when they are malformed. */
    static @Nullable Credentials of(Exchange exchange) {
        String header = exchange.request().headers().get("Authorization", "");
        if (!header.regionMatches(true, 0, "Basic ", 0, 6)) {
            return null;
        }
        try {
            String text =
                    new String(Base64.getDecoder().decode(header.substring(6).strip()), StandardCharsets.UTF_8);
            int colon = text.indexOf(':');
            return colon <= 0 ? null : new Credentials(text.substring(0, colon), text.substring(colon + 1));
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }
}
