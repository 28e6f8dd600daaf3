package dev.naru.registryserver;

import static java.util.Objects.requireNonNull;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.http.Exchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.ParseException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Gives tokens for passwords (Docker registry token specification, Requesting a Token); its key is its own. */
final class TokenIssuer {
    static final String SERVICE = "naru-registry";
    private static final int LIFETIME_SECONDS = 300;

    private final Htpasswd users;
    private final Rights rights;
    private final ECKey key;

    TokenIssuer(Htpasswd users, Rights rights, Path keyFile) {
        this.users = requireNonNull(users, "users");
        this.rights = requireNonNull(rights, "rights");
        this.key = key(keyFile);
    }

    private static ECKey key(Path file) {
        try {
            if (Files.exists(file)) {
                return ECKey.parse(Files.readString(file));
            }
            ECKey made = new ECKeyGenerator(Curve.P_256)
                    .keyID(UUID.randomUUID().toString())
                    .generate();
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, made.toJSONString());
            return made;
        } catch (IOException | ParseException | JOSEException failure) {
            throw NaruException.because(ErrorKind.INVALID, "cannot use the tokens' key " + file, failure);
        }
    }

    /** What checks the tokens of this issuer. */
    Access access() {
        try {
            JWSVerifier verifier = new ECDSAVerifier(key.toECPublicKey());
            return new TokenAccess("/token", SERVICE, SERVICE, verifier);
        } catch (JOSEException failure) {
            throw NaruException.because(ErrorKind.INVALID, "cannot use the tokens' key", failure);
        }
    }

    /** Answers a request for a token: what the user may not do is left out of it, as the specification wants. */
    void answer(Exchange exchange) throws IOException {
        Map<String, String> form = exchange.request().method().equals("POST") ? form(exchange) : Map.of();
        Credentials given = Credentials.of(exchange);
        if (given == null) {
            given = credentials(form);
        }
        if (given != null && !users.verify(given.user(), given.password())) {
            exchange.headers().set("WWW-Authenticate", "Basic realm=\"registry\"");
            throw new Refusal(DistributionError.UNAUTHORIZED, "incorrect username or password", null);
        }
        String user = given == null ? Access.ANONYMOUS : given.user();
        List<String> asked = new ArrayList<>();
        exchange.request().query().all("scope").forEach(each -> asked.addAll(List.of(each.split(" ", -1))));
        asked.addAll(List.of(form.getOrDefault("scope", "").split(" ", -1)));
        String token = sign(user, granted(user, asked));
        exchange.headers().set("Content-Type", "application/json");
        exchange.send(
                200,
                ("{\"token\":\"" + token + "\",\"access_token\":\"" + token + "\",\"expires_in\":" + LIFETIME_SECONDS
                                + ",\"issued_at\":\"" + Instant.now() + "\"}")
                        .getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, String> form(Exchange exchange) throws IOException {
        byte[] body = exchange.request().body().readNBytes(64 << 10);
        return FormFields.parse(new String(body, StandardCharsets.UTF_8));
    }

    /** The password grant of OAuth 2, which some clients use. */
    private static @Nullable Credentials credentials(Map<String, String> form) {
        String user = form.get("username");
        String password = form.get("password");
        return user == null || password == null ? null : new Credentials(user, password);
    }

    private List<Map<String, Object>> granted(String user, List<String> asked) {
        var access = new ArrayList<Map<String, Object>>();
        for (String scope : asked) {
            int first = scope.indexOf(':');
            int last = scope.lastIndexOf(':');
            if (first > 0 && last > first) {
                String type = scope.substring(0, first);
                String name = scope.substring(first + 1, last);
                String repository = type.equals("repository") ? name : "";
                List<String> actions = List.of(scope.substring(last + 1).split(",", -1)).stream()
                        .filter(word -> allowed(user, repository, word))
                        .toList();
                access.add(Map.of("type", type, "name", name, "actions", actions));
            }
        }
        return access;
    }

    private boolean allowed(String user, String repository, String word) {
        return switch (word) {
            case "pull" -> rights.allow(user, new Scope(repository, Scope.Action.PULL));
            case "push" -> rights.allow(user, new Scope(repository, Scope.Action.PUSH));
            case "delete" -> rights.allow(user, new Scope(repository, Scope.Action.DELETE));
            case "*" ->
                repository.isEmpty()
                        ? rights.allow(user, new Scope("", Scope.Action.CATALOG))
                        : rights.allow(user, new Scope(repository, Scope.Action.PULL))
                                && rights.allow(user, new Scope(repository, Scope.Action.PUSH))
                                && rights.allow(user, new Scope(repository, Scope.Action.DELETE));
            default -> false;
        };
    }

    private String sign(String user, List<Map<String, Object>> access) {
        Instant now = Instant.now();
        var claims = new JWTClaimsSet.Builder()
                .issuer(SERVICE)
                .audience(SERVICE)
                .subject(user)
                .issueTime(Date.from(now))
                .notBeforeTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(LIFETIME_SECONDS)))
                .jwtID(UUID.randomUUID().toString())
                .claim("access", access)
                .build();
        var token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(), claims);
        try {
            token.sign(new ECDSASigner(key));
        } catch (JOSEException failure) {
            throw NaruException.because(ErrorKind.INTERNAL, "cannot sign a token", failure);
        }
        return token.serialize();
    }
}
