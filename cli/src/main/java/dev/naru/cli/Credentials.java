package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Credentials for registries: {@code credHelpers} and {@code credsStore} name a helper program, else they stand in
 * {@code auths} of {@code config.json}.
 */
final class Credentials {
    static final String HUB_SERVER = "https://index.docker.io/v1/";

    private final ConfigFile config;

    Credentials(ConfigFile config) {
        this.config = requireNonNull(config, "config");
    }

    /** How the configuration names the registry of a domain. */
    static String server(String domain) {
        return domain.equals(ImageName.HUB) || domain.equals("index.docker.io") ? HUB_SERVER : domain;
    }

    /** The value of {@code X-Registry-Auth} for a registry; empty when nothing is known about it. */
    String header(String domain) {
        Credential credential = find(server(domain));
        return credential == null ? "" : credential.header();
    }

    @Nullable
    Credential find(String server) {
        CredentialHelper helper = helper(server);
        return helper == null ? inFile(server) : helper.get(server);
    }

    private @Nullable Credential inFile(String server) {
        Map<String, @Nullable Object> all = Json.object(config.fields().get("auths"));
        Object entry = all.get(server);
        if (entry == null) {
            // Older files have whole addresses where newer ones have a host.
            for (var each : all.entrySet()) {
                if (host(each.getKey()).equals(host(server))) {
                    entry = each.getValue();
                }
            }
        }
        String token = Json.text(entry, "identitytoken");
        String pair = new String(Base64.getMimeDecoder().decode(Json.text(entry, "auth")), StandardCharsets.UTF_8);
        int colon = pair.indexOf(':');
        if (colon <= 0) {
            return token.isEmpty() ? null : new Credential(server, "", "", token);
        }
        return new Credential(
                server, pair.substring(0, colon), pair.substring(colon + 1).replace("\0", ""), token);
    }

    private static String host(String server) {
        int scheme = server.indexOf("://");
        String bare = scheme < 0 ? server : server.substring(scheme + 3);
        int slash = bare.indexOf('/');
        return slash < 0 ? bare : bare.substring(0, slash);
    }

    /** Keeps it; answers whether it lies readable in the file. */
    boolean store(Credential credential) throws IOException {
        CredentialHelper helper = helper(credential.server());
        if (helper != null) {
            helper.store(credential);
            Map<String, @Nullable Object> auths = auths();
            auths.put(credential.server(), Map.of());
            config.save();
            return false;
        }
        Map<String, @Nullable Object> entry = new LinkedHashMap<>();
        String pair = credential.user() + ":" + (credential.token().isEmpty() ? credential.password() : "");
        entry.put("auth", Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
        if (!credential.token().isEmpty()) {
            entry.put("identitytoken", credential.token());
        }
        auths().put(credential.server(), entry);
        config.save();
        return true;
    }

    void erase(String server) throws IOException {
        CredentialHelper helper = helper(server);
        if (helper != null) {
            helper.erase(server);
        }
        if (auths().remove(server) != null) {
            config.save();
        }
    }

    private Map<String, @Nullable Object> auths() {
        Map<String, @Nullable Object> auths =
                new LinkedHashMap<>(Json.object(config.fields().get("auths")));
        config.fields().put("auths", auths);
        return auths;
    }

    private @Nullable CredentialHelper helper(String server) {
        String own = Json.text(config.fields().get("credHelpers"), server);
        String name = own.isEmpty() ? config.text("credsStore") : own;
        return name.isEmpty() ? null : new CredentialHelper(name);
    }
}
