package dev.naru.image;

import dev.naru.error.NaruException;
import dev.naru.oci.Descriptor;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Signatures of notation in JWS envelopes (notaryproject specifications: signature-specification, signature-envelope-jws). */
final class NotationCheck {
    static final String ARTIFACT = "application/vnd.cncf.notary.signature";

    private static final String JWS = "application/jose+json";
    private static final String COSE = "application/cose";
    private static final String PAYLOAD = "application/vnd.cncf.notary.payload.v1+json";
    private static final String SCHEME = "io.cncf.notary.signingScheme";
    private static final String EXPIRY = "io.cncf.notary.expiry";
    private static final String CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
    private static final Set<String> UNDERSTOOD =
            Set.of(SCHEME, EXPIRY, "io.cncf.notary.signingTime", "io.cncf.notary.authenticSigningTime");

    private final SignatureSource source;
    private final List<X509Certificate> trusted;
    private final List<String> reasons = new ArrayList<>();

    NotationCheck(SignatureSource source, List<X509Certificate> trusted) {
        this.source = source;
        this.trusted = trusted;
    }

    /** Whether a holder of a trusted certificate has signed the manifest. */
    boolean isSigned(String digest) {
        for (Descriptor each : source.referrers(digest)) {
            if (ARTIFACT.equals(each.artifactType())) {
                for (Descriptor layer : source.layersOf(each.digest())) {
                    String reason = problem(layer, digest);
                    if (reason == null) {
                        return true;
                    }
                    reasons.add(reason);
                }
            }
        }
        return false;
    }

    /** Why the signatures that were there do not count. */
    List<String> reasons() {
        return reasons;
    }

    private @Nullable String problem(Descriptor layer, String digest) {
        if (layer.mediaType().equals(COSE)) {
            return "a signature is in a COSE envelope, which is not supported: sign with --signature-format jws";
        }
        byte[] envelope = layer.mediaType().equals(JWS) ? source.blob(layer).orElse(null) : null;
        if (envelope == null) {
            return "a signature has no JWS envelope";
        }
        try {
            return problem(JsonFields.read(envelope, "signature envelope"), digest);
        } catch (NaruException | GeneralSecurityException | IllegalArgumentException | DateTimeParseException broken) {
            return "a signature is not valid: " + broken.getMessage();
        }
    }

    private @Nullable String problem(JsonFields envelope, String digest) throws GeneralSecurityException {
        byte[] head = Base64.getUrlDecoder().decode(envelope.text("protected"));
        byte[] payload = Base64.getUrlDecoder().decode(envelope.text("payload"));
        JsonFields header = JsonFields.read(head, "signature header");
        List<X509Certificate> chain = chain(envelope.object("header").texts("x5c"));
        if (chain.isEmpty()) {
            return "a signature has no certificate";
        }
        if (!UNDERSTOOD.containsAll(header.texts("crit"))) {
            return "a signature has critical attributes that are not understood: " + header.texts("crit");
        }
        if (!header.text("cty").equals(PAYLOAD)) {
            return "a signature is of a payload of type " + header.text("cty");
        }
        Signature check = algorithm(header.text("alg"));
        check.initVerify(chain.getFirst());
        check.update((envelope.text("protected") + "." + envelope.text("payload")).getBytes(StandardCharsets.US_ASCII));
        if (!check.verify(Base64.getUrlDecoder().decode(envelope.text("signature")))) {
            return "a signature does not match its certificate";
        }
        String signed = JsonFields.read(payload, "signature payload")
                .object("targetArtifact")
                .text("digest");
        if (!signed.equals(digest)) {
            return "a signature is of " + signed;
        }
        String expiry = header.text(EXPIRY);
        if (!expiry.isEmpty() && OffsetDateTime.parse(expiry).toInstant().isBefore(Instant.now())) {
            return "a signature has expired at " + expiry;
        }
        return isTrusted(chain);
    }

    private static List<X509Certificate> chain(List<String> texts) throws CertificateException {
        var chain = new ArrayList<X509Certificate>();
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        for (String each : texts) {
            chain.add((X509Certificate) factory.generateCertificate(
                    new ByteArrayInputStream(Base64.getDecoder().decode(each))));
        }
        return chain;
    }

    /** The algorithms of the specification and no others; {@code none} least of all. */
    private static Signature algorithm(String name) throws GeneralSecurityException {
        return switch (name) {
            case "ES256" -> Signature.getInstance("SHA256withECDSAinP1363Format");
            case "ES384" -> Signature.getInstance("SHA384withECDSAinP1363Format");
            case "ES512" -> Signature.getInstance("SHA512withECDSAinP1363Format");
            case "PS256" -> pss("SHA-256", MGF1ParameterSpec.SHA256, 32);
            case "PS384" -> pss("SHA-384", MGF1ParameterSpec.SHA384, 48);
            case "PS512" -> pss("SHA-512", MGF1ParameterSpec.SHA512, 64);
            default -> throw new GeneralSecurityException("algorithm \"" + name + "\" is not allowed");
        };
    }

    private static Signature pss(String hash, MGF1ParameterSpec mask, int salt) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("RSASSA-PSS");
        signature.setParameter(new PSSParameterSpec(hash, "MGF1", mask, salt, 1));
        return signature;
    }

    private @Nullable String isTrusted(List<X509Certificate> chain) throws GeneralSecurityException {
        X509Certificate leaf = chain.getFirst();
        leaf.checkValidity();
        List<String> uses = leaf.getExtendedKeyUsage();
        if (uses != null && !uses.contains(CODE_SIGNING)) {
            return "the certificate of " + leaf.getSubjectX500Principal() + " is not for signing code";
        }
        if (trusted.contains(leaf)) {
            return null;
        }
        // The trust anchor itself is no part of a path.
        List<X509Certificate> path =
                chain.stream().filter(each -> !trusted.contains(each)).toList();
        var parameters = new PKIXParameters(
                trusted.stream().map(each -> new TrustAnchor(each, null)).collect(Collectors.toSet()));
        // There is no list of revoked certificates to ask while an image is pulled.
        parameters.setRevocationEnabled(false);
        try {
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
            return null;
        } catch (java.security.cert.CertPathValidatorException untrusted) {
            return "the certificate of " + leaf.getSubjectX500Principal() + " is not trusted: "
                    + untrusted.getMessage();
        }
    }
}
