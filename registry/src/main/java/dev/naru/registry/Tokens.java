package dev.naru.registry;

import dev.naru.error.NaruException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Bearer tokens from the servers that registries name, kept while they are good (distribution's token and oauth2
 * authentication).
 */
final class Tokens {
    private static final int MOST_BYTES = 1 << 20;
    private static final int MOST_KEPT = 500;
    private static final String CLIENT = "naru";

    private final Requests requests;
    private final Map<Key, Token> kept = new LinkedHashMap<>();

    /** Whom a token is for and what it allows. */
    private record Key(Credentials credentials, String realm, String service, String scope) {}

    private record Token(String text, Instant until) {}

    Tokens(Requests requests) {
        this.requests = requests;
    }

    /**
     * A token for a scope.
     *
     * @param host that sent the challenge
     * @throws RefusedException when the server gives none
     */
    String get(RegistryHost host, Challenge challenge, String scope, Credentials credentials) throws IOException {
        if (credentials instanceof Credentials.RegistryToken given) {
            return given.token();
        }
        Key key = new Key(credentials, challenge.get("realm"), challenge.get("service"), scope);
        synchronized (kept) {
            Token known = kept.get(key);
            if (known != null && known.until().isAfter(Instant.now())) {
                return known.text();
            }
        }
        Token fresh = token(fetch(host, challenge, scope, credentials, false));
        synchronized (kept) {
            kept.values().removeIf(each -> each.until().isBefore(Instant.now()));
            if (kept.size() < MOST_KEPT) {
                kept.put(key, fresh);
            }
        }
        return fresh.text();
    }

    /** Forgets a token that a registry did not take. */
    void forget(String token) {
        synchronized (kept) {
            kept.values().removeIf(each -> each.text().equals(token));
        }
    }

    /** Logs in: a refresh token if the server gives one out, else empty. */
    Optional<String> login(RegistryHost host, Challenge challenge, Credentials credentials) throws IOException {
        TokenAnswer answer = fetch(host, challenge, "", credentials, true);
        token(answer);
        return Optional.ofNullable(answer.refreshToken()).filter(text -> !text.isEmpty());
    }

    private static Token token(TokenAnswer answer) throws IOException {
        String text = answer.token() == null || answer.token().isEmpty() ? answer.accessToken() : answer.token();
        if (text == null || text.isEmpty() || text.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new IOException("the authorization server did not include a token in the response");
        }
        // The specification's default is a minute; a tenth less, so that it does not end on its way.
        int seconds = answer.expiresIn() == null || answer.expiresIn() < 60 ? 60 : answer.expiresIn();
        return new Token(text, Instant.now().plus(Duration.ofSeconds(seconds - seconds / 10)));
    }

    private TokenAnswer fetch(
            RegistryHost host, Challenge challenge, String scope, Credentials credentials, boolean offline)
            throws IOException {
        URI realm = realm(host, challenge);
        return switch (credentials) {
            case Credentials.IdentityToken identity -> {
                Map<String, String> form = form(challenge, scope);
                form.put("grant_type", "refresh_token");
                form.put("refresh_token", identity.token());
                yield post(host, realm, form);
            }
            case Credentials.Password password -> {
                Answer answer = get(host, realm, challenge, scope, credentials, offline);
                if (answer.status() == 404 || answer.status() == 405) {
                    answer.drain();
                    Map<String, String> form = form(challenge, scope);
                    form.put("grant_type", "password");
                    form.put("username", password.username());
                    form.put("password", password.password());
                    yield post(host, realm, form);
                }
                yield read(answer);
            }
            case Credentials.Anonymous _, Credentials.RegistryToken _ ->
                read(get(host, realm, challenge, scope, credentials, offline));
        };
    }

    private static Map<String, String> form(Challenge challenge, String scope) {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("client_id", CLIENT);
        form.put("access_type", "offline");
        form.put("service", challenge.get("service"));
        form.put("scope", scope);
        return form;
    }

    private TokenAnswer post(RegistryHost host, URI realm, Map<String, String> form) throws IOException {
        byte[] body = encoded(form).getBytes(StandardCharsets.UTF_8);
        return read(requests.send(
                "POST",
                realm,
                Map.of("Content-Type", "application/x-www-form-urlencoded"),
                Payload.of(body),
                tls(host, realm)));
    }

    private Answer get(
            RegistryHost host, URI realm, Challenge challenge, String scope, Credentials credentials, boolean offline)
            throws IOException {
        var query = new StringBuilder(encoded(Map.of("service", challenge.get("service"))));
        for (String each : scope.split(" ", -1)) {
            if (!each.isEmpty()) {
                query.append('&').append(encoded(Map.of("scope", each)));
            }
        }
        Map<String, String> headers = new LinkedHashMap<>();
        if (credentials instanceof Credentials.Password password) {
            query.append('&').append(encoded(Map.of("account", password.username())));
            query.append("&client_id=").append(CLIENT);
            headers.put("Authorization", basic(password));
        }
        if (offline) {
            query.append("&offline_token=true");
        }
        String separator = realm.getRawQuery() == null ? "?" : "&";
        return requests.send("GET", URI.create(realm + separator + query), headers, Payload.NONE, tls(host, realm));
    }

    private static TokenAnswer read(Answer answer) throws IOException {
        byte[] body = answer.body().readAll(MOST_BYTES);
        if (answer.status() / 100 != 2) {
            String text = RegistryJson.errorText(body).orElse("the authorization server answers " + answer.status());
            throw new RefusedException(answer.status(), text);
        }
        try {
            return RegistryJson.read(TokenAnswer.class, body, "token answer");
        } catch (NaruException broken) {
            throw new IOException(broken.getMessage(), broken);
        }
    }

    private static URI realm(RegistryHost host, Challenge challenge) throws IOException {
        try {
            URI realm = URI.create(challenge.get("realm"));
            boolean web = "https".equals(realm.getScheme()) || ("http".equals(realm.getScheme()) && !host.secure());
            if (realm.getHost() == null || !web) {
                throw new IOException(
                        "the registry names \"" + realm + "\" as its authorization server, which is refused");
            }
            if (!Networks.mayLead(host.base(), realm)) {
                throw new IOException("the registry names " + realm.getHost()
                        + " as its authorization server, an address of this host");
            }
            return realm;
        } catch (IllegalArgumentException broken) {
            throw new IOException("the registry names no authorization server", broken);
        }
    }

    private static TlsSettings tls(RegistryHost host, URI realm) {
        boolean same = realm.getHost().equalsIgnoreCase(host.base().getHost());
        return same || !host.tls().verify() ? host.tls() : TlsSettings.SYSTEM;
    }

    static String basic(Credentials.Password password) {
        String pair = password.username() + ":" + password.password();
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    static String encoded(Map<String, String> parameters) {
        var text = new StringBuilder();
        parameters.forEach((name, value) -> text.append(text.isEmpty() ? "" : "&")
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
        return text.toString();
    }
}
