package dev.naru.engine;

import dev.naru.wire.RegistryAuth;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Credentials of whoever asks for something, by registry; asked when a registry is about to be. */
@FunctionalInterface
public interface RegistryAccounts {
    /** Nobody in particular. */
    RegistryAccounts NONE = domain -> null;

    /**
     * The credentials for a registry.
     *
     * @param domain as in names of images, {@code docker.io} for Docker Hub
     * @return null when there are none
     */
    @Nullable
    RegistryAuth of(String domain);

    /**
     * A user and the password.
     *
     * @param user empty when the secret is an identity token
     */
    record Login(String user, String secret) {
        /** Without the secret. */
        @Override
        public String toString() {
            return "Login[" + user + "]";
        }
    }

    /** Of somebody who is asked for each registry. */
    static RegistryAccounts asking(Function<String, Optional<Login>> owner) {
        return domain -> owner.apply(domain)
                .map(login -> login.user().isEmpty()
                        ? new RegistryAuth(null, null, null, null, domain, login.secret(), null)
                        : new RegistryAuth(login.user(), login.secret(), null, null, domain, null, null))
                .orElse(null);
    }

    /** Of a table with the names that clients write, Docker Hub's historical address among them. */
    static RegistryAccounts of(Map<String, RegistryAuth> logins) {
        Map<String, RegistryAuth> known = Map.copyOf(logins);
        return domain -> {
            RegistryAuth direct = known.get(domain);
            return direct != null || !domain.equals("docker.io") ? direct : known.get("https://index.docker.io/v1/");
        };
    }
}
