package dev.naru.registry;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** Speaks to one host as one user: credentials, redirects, and another attempt where one makes sense. */
final class HostSession {
    private static final int MOST_REDIRECTS = 10;
    private static final int MOST_ERROR_BYTES = 64 * 1024;

    private final RegistryHost host;
    private final Credentials credentials;
    private final Requests requests;
    private final Tokens tokens;
    private final int attempts;
    /** What the host wants to see; the same for all users, learned from its first refusal. */
    private final Challenges challenges;

    HostSession(
            RegistryHost host,
            Credentials credentials,
            Requests requests,
            Tokens tokens,
            int attempts,
            Challenges challenges) {
        this.host = host;
        this.credentials = credentials;
        this.requests = requests;
        this.tokens = tokens;
        this.attempts = attempts;
        this.challenges = challenges;
    }

    RegistryHost host() {
        return host;
    }

    Credentials credentials() {
        return credentials;
    }

    /**
     * Runs an operation, again where the failure may pass: 429, 502 to 504, a connection that breaks.
     *
     * @throws RefusedException when the server answers with an error
     */
    <T> T run(Verb<T> verb) throws IOException {
        var backoff = new Backoff(attempts);
        while (true) {
            try {
                return once(verb, backoff);
            } catch (RefusedException refused) {
                boolean passes =
                        switch (refused.status()) {
                            case 408, 429, 502, 503, 504 -> true;
                            default -> false;
                        };
                if (!passes || !backoff.again()) {
                    throw refused;
                }
            } catch (ConnectException | HttpConnectTimeoutException | SSLException | InterruptedIOException lasting) {
                throw lasting;
            } catch (IOException broken) {
                if (!verb.repeatable() || !backoff.again()) {
                    throw broken;
                }
            }
        }
    }

    private <T> T once(Verb<T> verb, Backoff backoff) throws IOException {
        Answer answer = open(verb);
        boolean done = false;
        try {
            if (answer.status() / 100 == 2 || verb.understands(answer.status())) {
                T value = verb.answer(answer);
                // A value that is the body itself is read and closed by its owner.
                done = value instanceof Answer;
                if (!done) {
                    answer.drain();
                }
                return value;
            }
            backoff.told(answer.header("Retry-After"));
            throw refused(answer);
        } finally {
            if (!done) {
                answer.close();
            }
        }
    }

    private RefusedException refused(Answer answer) throws IOException {
        byte[] body = answer.body().readAll(MOST_ERROR_BYTES);
        return new RefusedException(
                answer.status(), RegistryJson.errorText(body).orElseGet(() -> text(answer.status())));
    }

    /** For answers without a body, those to HEAD among them: in dockerd's words. */
    private String text(int status) {
        boolean stranger = credentials instanceof Credentials.Anonymous;
        boolean named = Challenge.find(challenges.asked(), "basic").isPresent();
        return switch (status) {
            case 401 ->
                stranger && named ? "no basic auth credentials" : "denied: requested access to the resource is denied";
            case 403 -> "denied: requested access to the resource is denied";
            default -> "received unexpected HTTP status: " + status;
        };
    }

    /** Sends it, with credentials as soon as the host has said which. */
    private Answer open(Verb<?> verb) throws IOException {
        URI uri = verb.address().orElseGet(() -> URI.create(host.base() + verb.path()));
        Optional<String> authorization = isOurs(uri) ? authorization(verb.scope()) : Optional.empty();
        Answer answer = follow(verb, uri, authorization);
        if (answer.status() != 401 || !isOurs(answer.uri())) {
            return answer;
        }
        List<Challenge> asked = Challenge.parse(answer.headers().all("WWW-Authenticate"));
        if (asked.isEmpty()) {
            return answer;
        }
        challenges.learn(asked);
        authorization.filter(text -> text.startsWith("Bearer ")).ifPresent(text -> tokens.forget(text.substring(7)));
        Optional<String> second = authorization(verb.scope());
        if (second.isEmpty() || second.equals(authorization)) {
            return answer;
        }
        answer.drain();
        return follow(verb, uri, second);
    }

    /** After a request that went well: a refresh token for the user, if the token server gives one out. */
    Optional<String> identityToken() throws IOException {
        Optional<Challenge> bearer = Challenge.find(challenges.asked(), "bearer");
        return bearer.isPresent() && credentials instanceof Credentials.Password
                ? tokens.login(host, bearer.get(), credentials)
                : Optional.empty();
    }

    private Optional<String> authorization(String scope) throws IOException {
        if (credentials instanceof Credentials.RegistryToken given) {
            return Optional.of("Bearer " + given.token());
        }
        List<Challenge> asked = challenges.asked();
        Optional<Challenge> bearer = Challenge.find(asked, "bearer");
        if (bearer.isPresent()) {
            return Optional.of("Bearer " + tokens.get(host, bearer.get(), scope, credentials));
        }
        return credentials instanceof Credentials.Password password
                        && Challenge.find(asked, "basic").isPresent()
                ? Optional.of(Tokens.basic(password))
                : Optional.empty();
    }

    private boolean isOurs(URI uri) {
        return uri.getScheme().equals(host.base().getScheme())
                && uri.getRawAuthority().equalsIgnoreCase(host.authority());
    }

    /** Follows redirects by hand: credentials and headers of ours never leave for another host. */
    private Answer follow(Verb<?> verb, URI first, Optional<String> authorization) throws IOException {
        var seen = new HashSet<URI>();
        URI uri = first;
        while (true) {
            if (!seen.add(uri)) {
                throw new IOException("the registry redirects in a loop at " + uri.getHost());
            }
            if (seen.size() > MOST_REDIRECTS) {
                throw new IOException("the registry redirects more than " + MOST_REDIRECTS + " times");
            }
            checkTarget(uri);
            Answer answer =
                    requests.send(verb.method(), uri, headers(verb, uri, authorization), verb.payload(), tls(uri));
            if (!isRedirect(verb, answer.status())) {
                return answer;
            }
            answer.drain();
            uri = answer.location();
        }
    }

    private static boolean isRedirect(Verb<?> verb, int status) {
        boolean safe = verb.method().equals("GET") || verb.method().equals("HEAD");
        return switch (status) {
            case 301, 302, 303 -> safe;
            case 307, 308 -> true;
            default -> false;
        };
    }

    private void checkTarget(URI uri) throws IOException {
        boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
        if (uri.getHost() == null || !web) {
            throw new IOException("the registry redirects to \"" + uri + "\", which is refused");
        }
        if (!isOurs(uri) && !Networks.mayLead(host.base(), uri)) {
            throw new IOException("the registry redirects to " + uri.getHost()
                    + ", an address of this host or its link, which is refused");
        }
    }

    private Map<String, String> headers(Verb<?> verb, URI uri, Optional<String> authorization) {
        Map<String, String> headers = new LinkedHashMap<>(verb.headers());
        if (isOurs(uri)) {
            headers.putAll(host.headers());
            authorization.ifPresent(text -> headers.put("Authorization", text));
        }
        return headers;
    }

    private TlsSettings tls(URI uri) {
        boolean same = uri.getHost().equalsIgnoreCase(host.base().getHost());
        return same || !host.tls().verify() ? host.tls() : TlsSettings.SYSTEM;
    }
}
