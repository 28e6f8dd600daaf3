package dev.naru.registry;

import static java.util.Objects.requireNonNull;

/** Who asks a registry. */
public sealed interface Credentials {
    /** Nobody in particular. */
    record Anonymous() implements Credentials {}

    /** A user and the password, or a personal access token in its place. */
    record Password(String username, String password) implements Credentials {
        public Password {
            requireNonNull(username, "username");
            requireNonNull(password, "password");
        }

        @Override
        public String toString() {
            return "Password[" + username + "]";
        }
    }

    /** A refresh token that an authorization server gave out at a login (OAuth 2, RFC 6749 section 6). */
    record IdentityToken(String token) implements Credentials {
        public IdentityToken {
            requireNonNull(token, "token");
        }

        @Override
        public String toString() {
            return "IdentityToken[]";
        }
    }

    /** A bearer token that the registry takes as it is. */
    record RegistryToken(String token) implements Credentials {
        public RegistryToken {
            requireNonNull(token, "token");
        }

        @Override
        public String toString() {
            return "RegistryToken[]";
        }
    }

    static Credentials anonymous() {
        return new Anonymous();
    }
}
