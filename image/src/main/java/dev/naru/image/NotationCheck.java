package dev.naru.image;

import dev.naru.error.NaruException;
import dev.naru.oci.Descriptor;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Signatures of notation, in envelopes of JSON or CBOR (notaryproject specifications: signature-specification). */
final class NotationCheck {
    static final String ARTIFACT = "application/vnd.cncf.notary.signature";

    private static final String PAYLOAD = "application/vnd.cncf.notary.payload.v1+json";
    private static final String SCHEME = "io.cncf.notary.signingScheme";
    static final String EXPIRY = "io.cncf.notary.expiry";
    private static final Set<String> UNDERSTOOD =
            Set.of(SCHEME, EXPIRY, "io.cncf.notary.signingTime", "io.cncf.notary.authenticSigningTime");

    private final SignatureSource source;
    private final CertificateTrust trust;
    private final List<String> reasons = new ArrayList<>();

    NotationCheck(SignatureSource source, CertificateTrust trust) {
        this.source = source;
        this.trust = trust;
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
        String format = layer.mediaType();
        boolean known = format.equals(JwsEnvelope.TYPE) || format.equals(CoseEnvelope.TYPE);
        byte[] content = known ? source.blob(layer).orElse(null) : null;
        if (content == null) {
            return "a signature has neither a JWS nor a COSE envelope";
        }
        try {
            return problem(
                    format.equals(JwsEnvelope.TYPE) ? JwsEnvelope.read(content) : CoseEnvelope.read(content), digest);
        } catch (NaruException | GeneralSecurityException | IllegalArgumentException | DateTimeException broken) {
            return "a signature is not valid: " + broken.getMessage();
        }
    }

    private @Nullable String problem(NotationEnvelope envelope, String digest) throws GeneralSecurityException {
        if (envelope.chain().isEmpty()) {
            return "a signature has no certificate";
        }
        if (!UNDERSTOOD.containsAll(envelope.critical())) {
            return "a signature has critical attributes that are not understood: " + envelope.critical();
        }
        if (!envelope.type().equals(PAYLOAD)) {
            return "a signature is of a payload of type " + envelope.type();
        }
        Signature check = algorithm(envelope.algorithm());
        check.initVerify(envelope.chain().getFirst());
        check.update(envelope.signed());
        if (!check.verify(envelope.signature())) {
            return "a signature does not match its certificate";
        }
        String signed = JsonFields.read(envelope.payload(), "signature payload")
                .object("targetArtifact")
                .text("digest");
        if (!signed.equals(digest)) {
            return "a signature is of " + signed;
        }
        Instant expiry = envelope.expiry();
        if (expiry != null && expiry.isBefore(Instant.now())) {
            return "a signature has expired at " + expiry;
        }
        return trust.problem(envelope.chain());
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
}
