package dev.naru.image;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Reference;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/**
 * Whose signatures images from registries need. The first rule that matches a repository decides; without one nothing is
 * needed.
 */
public record TrustPolicy(List<Rule> rules) {
    /** Needs no signatures. */
    public static final TrustPolicy NONE = new TrustPolicy(List.of());

    public TrustPolicy {
        rules = List.copyOf(rules);
    }

    /**
     * What some repositories need.
     *
     * @param pattern a repository in full ({@code docker.io/library/busybox}) with {@code *} for any text
     */
    public record Rule(String pattern, Trust trust) {
        public Rule {
            requireNonNull(pattern, "pattern");
            requireNonNull(trust, "trust");
        }

        boolean matches(String repository) {
            String[] parts = pattern.split("\\*", -1);
            if (parts.length == 1) {
                return repository.equals(pattern);
            }
            int at = parts[0].length();
            if (!repository.startsWith(parts[0])) {
                return false;
            }
            for (int i = 1; i < parts.length - 1; i++) {
                int found = repository.indexOf(parts[i], at);
                if (found < 0) {
                    return false;
                }
                at = found + parts[i].length();
            }
            String last = parts[parts.length - 1];
            return repository.length() - at >= last.length() && repository.endsWith(last);
        }
    }

    /** What makes an image trusted. */
    public sealed interface Trust {
        /** Everything is. */
        record Anything() implements Trust {}

        /** Nothing is. */
        record Nothing() implements Trust {}

        /** A signature of cosign by one of the keys. */
        record Cosign(List<PublicKey> keys) implements Trust {
            public Cosign {
                keys = List.copyOf(keys);
            }
        }

        /**
         * A signature of notation whose certificate is one of these or goes back to one.
         *
         * @param revoked lists of certificates that no longer count; when there are any, there must be a valid one of
         *     every authority on the way
         */
        record Notation(List<X509Certificate> certificates, List<X509CRL> revoked) implements Trust {
            public Notation {
                certificates = List.copyOf(certificates);
                revoked = List.copyOf(revoked);
            }
        }
    }

    Trust of(Reference repository) {
        String name = repository.repository();
        return rules.stream()
                .filter(rule -> rule.matches(name))
                .map(Rule::trust)
                .findFirst()
                .orElseGet(Trust.Anything::new);
    }

    /**
     * Reads a policy file: {@code {"rules": [{"match": "host/team/*", "type": "cosign", "keys": ["/file.pub"]}]}}; types
     * are {@code none}, {@code reject}, {@code cosign} with {@code keys} and {@code notation} with {@code certificates} and,
     * if wanted, {@code revocation-lists}.
     *
     * @throws NaruException INVALID when it or a file that it names cannot be understood
     */
    public static TrustPolicy read(Path file) {
        String what = "trust policy " + file;
        var rules = new ArrayList<Rule>();
        try {
            JsonFields json = JsonFields.read(Files.readAllBytes(file), what);
            if (!json.has("rules")) {
                throw invalid(what, "it has no \"rules\"");
            }
            for (JsonFields each : json.objects("rules")) {
                if (each.text("match").isEmpty()) {
                    throw invalid(what, "a rule has no \"match\"");
                }
                rules.add(new Rule(each.text("match"), trust(each, what)));
            }
        } catch (IOException failure) {
            throw invalid(what, "cannot read " + failure.getMessage());
        } catch (GeneralSecurityException failure) {
            throw invalid(what, String.valueOf(failure.getMessage()));
        }
        return new TrustPolicy(rules);
    }

    private static Trust trust(JsonFields rule, String what) throws IOException, GeneralSecurityException {
        return switch (rule.text("type")) {
            case "none" -> new Trust.Anything();
            case "reject" -> new Trust.Nothing();
            case "cosign" -> {
                if (rule.has("identity") || rule.has("issuer") || rule.has("keyless")) {
                    throw invalid(
                            what,
                            "the rule for " + rule.text("match")
                                    + " asks for keyless signatures, which are not supported: name \"keys\"");
                }
                var keys = new ArrayList<PublicKey>();
                for (String file : rule.texts("keys")) {
                    keys.add(PublicKeys.read(Files.readString(Path.of(file))));
                }
                if (keys.isEmpty()) {
                    throw invalid(what, "the rule for " + rule.text("match") + " has no \"keys\"");
                }
                yield new Trust.Cosign(keys);
            }
            case "notation" -> {
                var certificates = new ArrayList<X509Certificate>();
                for (String file : rule.texts("certificates")) {
                    try (InputStream in = Files.newInputStream(Path.of(file))) {
                        CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                                .map(X509Certificate.class::cast)
                                .forEach(certificates::add);
                    }
                }
                if (certificates.isEmpty()) {
                    throw invalid(what, "the rule for " + rule.text("match") + " has no \"certificates\"");
                }
                yield new Trust.Notation(certificates, revoked(rule.texts("revocation-lists")));
            }
            default ->
                throw invalid(
                        what,
                        "type \"" + rule.text("type") + "\" of the rule for " + rule.text("match")
                                + " is none of none, reject, cosign, notation");
        };
    }

    private static List<X509CRL> revoked(List<String> files) throws IOException, GeneralSecurityException {
        var lists = new ArrayList<X509CRL>();
        for (String file : files) {
            try (InputStream in = Files.newInputStream(Path.of(file))) {
                CertificateFactory.getInstance("X.509").generateCRLs(in).stream()
                        .map(X509CRL.class::cast)
                        .forEach(lists::add);
            }
        }
        return lists;
    }

    private static NaruException invalid(String what, String reason) {
        return new NaruException(ErrorKind.INVALID, "invalid " + what, reason, null);
    }
}
