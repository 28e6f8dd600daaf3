package dev.naru.engine;

import dev.naru.error.NaruException;
import dev.naru.registry.Credentials;
import dev.naru.wire.RegistryAuth;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Credentials as clients send them. */
final class RegistryLogins {
    private RegistryLogins() {}

    static Credentials of(@Nullable RegistryAuth auth) {
        if (auth == null) {
            return Credentials.anonymous();
        }
        if (given(auth.registrytoken())) {
            return new Credentials.RegistryToken(text(auth.registrytoken()));
        }
        if (given(auth.identitytoken())) {
            return new Credentials.IdentityToken(text(auth.identitytoken()));
        }
        if (given(auth.username()) || given(auth.password())) {
            return new Credentials.Password(text(auth.username()), text(auth.password()));
        }
        return given(auth.auth()) ? pair(text(auth.auth())) : Credentials.anonymous();
    }

    /** The older form: user and password with a colon between, in base64. */
    private static Credentials pair(String encoded) {
        try {
            String pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            return colon < 0
                    ? Credentials.anonymous()
                    : new Credentials.Password(pair.substring(0, colon), pair.substring(colon + 1));
        } catch (IllegalArgumentException broken) {
            throw NaruException.invalid("invalid credentials: auth is not base64");
        }
    }

    private static boolean given(@Nullable String text) {
        return text != null && !text.isEmpty();
    }

    static String text(@Nullable String text) {
        return text == null ? "" : text;
    }
}
