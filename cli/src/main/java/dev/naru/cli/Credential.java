package dev.naru.cli;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who we are to a registry.
 *
 * @param server as the configuration names it
 * @param token a token that stands for the password; empty for none
 */
record Credential(String server, String user, String password, String token) {
    /** The user name that helpers give for a token (docker-credential-helpers). */
    static final String TOKEN_USER = "<token>";

    boolean empty() {
        return user.isEmpty() && token.isEmpty();
    }

    /** The body of {@code /auth} and the content of {@code X-Registry-Auth}. */
    String json() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        if (!user.isEmpty()) {
            fields.put("username", user);
        }
        if (!password.isEmpty() && token.isEmpty()) {
            fields.put("password", password);
        }
        fields.put("serveraddress", server);
        if (!token.isEmpty()) {
            fields.put("identitytoken", token);
        }
        return JsonText.compact(fields);
    }

    /** The value of {@code X-Registry-Auth}: base64url (RFC 4648 section 5). */
    String header() {
        return Base64.getUrlEncoder().encodeToString(json().getBytes(StandardCharsets.UTF_8));
    }
}
