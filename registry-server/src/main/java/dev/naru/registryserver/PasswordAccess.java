package dev.naru.registryserver;

import static java.util.Objects.requireNonNull;

import dev.naru.http.Exchange;
import java.util.List;

/** Names and passwords with each request. */
final class PasswordAccess implements Access {
    private final Htpasswd users;
    private final Rights rights;

    PasswordAccess(Htpasswd users, Rights rights) {
        this.users = requireNonNull(users, "users");
        this.rights = requireNonNull(rights, "rights");
    }

    @Override
    public String admit(Exchange exchange, List<Scope> scopes) {
        Credentials given = Credentials.of(exchange);
        boolean known = given != null && users.verify(given.user(), given.password());
        String user = known && given != null ? given.user() : ANONYMOUS;
        if (!known && (given != null || scopes.isEmpty())) {
            throw challenge(exchange);
        }
        for (Scope scope : scopes) {
            if (!rights.allow(user, scope)) {
                throw known
                        ? new Refusal(DistributionError.DENIED, "user " + user + " may not do this", scope.toString())
                        : challenge(exchange);
            }
        }
        return user;
    }

    private static Refusal challenge(Exchange exchange) {
        exchange.headers().set("WWW-Authenticate", "Basic realm=\"registry\"");
        return new Refusal(DistributionError.UNAUTHORIZED, "authentication required", null);
    }
}
