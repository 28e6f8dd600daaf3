package dev.naru.registryserver;

import static java.util.Objects.requireNonNull;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.naru.http.Exchange;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Signed tokens that say what their bearer may do (Docker registry token specification). */
final class TokenAccess implements Access {
    /** Clocks of hosts differ. */
    private static final Duration LEEWAY = Duration.ofMinutes(1);

    private final String realm;
    private final String service;
    private final String issuer;
    private final JWSVerifier verifier;

    /** @param realm the URL where clients get tokens; one that begins with a slash is on this registry */
    TokenAccess(String realm, String service, String issuer, JWSVerifier verifier) {
        this.realm = requireNonNull(realm, "realm");
        this.service = requireNonNull(service, "service");
        this.issuer = requireNonNull(issuer, "issuer");
        this.verifier = requireNonNull(verifier, "verifier");
    }

    @Override
    public String admit(Exchange exchange, List<Scope> scopes) {
        String header = exchange.request().headers().get("Authorization", "");
        JWTClaimsSet claims = header.regionMatches(true, 0, "Bearer ", 0, 7)
                ? claims(header.substring(7).strip())
                : null;
        if (claims == null || !scopes.stream().allMatch(scope -> allows(claims, scope))) {
            throw challenge(exchange, scopes, claims != null);
        }
        return claims.getSubject() == null ? ANONYMOUS : claims.getSubject();
    }

    private @Nullable JWTClaimsSet claims(String token) {
        try {
            SignedJWT signed = SignedJWT.parse(token);
            if (!signed.verify(verifier)) {
                return null;
            }
            JWTClaimsSet claims = signed.getJWTClaimsSet();
            Instant now = Instant.now();
            Instant end = instant(claims.getExpirationTime());
            Instant begin = instant(claims.getNotBeforeTime());
            boolean valid = issuer.equals(claims.getIssuer())
                    && claims.getAudience().contains(service)
                    && end != null
                    && end.plus(LEEWAY).isAfter(now)
                    && (begin == null || begin.minus(LEEWAY).isBefore(now));
            return valid ? claims : null;
        } catch (ParseException | JOSEException | IllegalArgumentException malformed) {
            return null;
        }
    }

    private static @Nullable Instant instant(@Nullable Date date) {
        return date == null ? null : date.toInstant();
    }

    private static boolean allows(JWTClaimsSet claims, Scope scope) {
        if (!(claims.getClaim("access") instanceof List<?> access)) {
            return false;
        }
        String type = scope.repository().isEmpty() ? "registry" : "repository";
        String name = scope.repository().isEmpty() ? "catalog" : scope.repository();
        return access.stream()
                .anyMatch(each -> each instanceof Map<?, ?> entry
                        && type.equals(entry.get("type"))
                        && name.equals(entry.get("name"))
                        && entry.get("actions") instanceof List<?> actions
                        && (actions.contains(scope.action().word()) || actions.contains("*")));
    }

    private Refusal challenge(Exchange exchange, List<Scope> scopes, boolean known) {
        String wanted = scopes.stream().map(Scope::toString).collect(Collectors.joining(" "));
        String where = realm.startsWith("/") ? origin(exchange) + realm : realm;
        exchange.headers()
                .set(
                        "WWW-Authenticate",
                        "Bearer realm=\"" + where + "\",service=\"" + service + "\""
                                + (wanted.isEmpty() ? "" : ",scope=\"" + wanted + "\"")
                                + (known ? ",error=\"insufficient_scope\"" : ""));
        return new Refusal(DistributionError.UNAUTHORIZED, "authentication required", wanted.isEmpty() ? null : wanted);
    }

    private static String origin(Exchange exchange) {
        String scheme = exchange.request().headers().get("X-Forwarded-Proto", exchange.encrypted() ? "https" : "http");
        String host = exchange.request().headers().get("Host", "localhost").replaceAll("[\"\\\\]", "");
        return (scheme.equals("https") ? "https" : "http") + "://" + host;
    }
}
