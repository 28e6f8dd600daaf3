package dev.naru.image;

import dev.naru.error.NaruException;
import dev.naru.oci.Descriptor;
import dev.naru.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Signatures of cosign with keys: simple signing payloads below the tag {@code sha256-<hex>.sig} or as referrers, and
 * sigstore bundles (cosign's SIGNATURE_SPEC.md, BUNDLE_SPEC.md).
 */
final class CosignCheck {
    private static final String PAYLOAD = "application/vnd.dev.cosign.simplesigning.v1+json";
    private static final String SIGNATURE = "application/vnd.dev.cosign.artifact.sig.v1+json";
    private static final String BUNDLE = "application/vnd.dev.sigstore.bundle";
    private static final String ANNOTATION = "dev.cosignproject.cosign/signature";
    private static final String CERTIFICATE = "dev.sigstore.cosign/certificate";
    private static final String STATEMENT = "application/vnd.in-toto+json";
    private static final String SIGNED = "https://sigstore.dev/cosign/sign/v1";

    private final SignatureSource source;
    private final List<PublicKey> keys;
    private boolean keyless;

    CosignCheck(SignatureSource source, List<PublicKey> keys) {
        this.source = source;
        this.keys = keys;
    }

    /** Whether one of the keys has signed the manifest. */
    boolean isSigned(String digest) {
        String tag = "sha256-" + Digest.parse(digest).hex() + ".sig";
        if (source.layersOf(tag).stream().anyMatch(layer -> isSignature(layer, digest))) {
            return true;
        }
        for (Descriptor each : source.referrers(digest)) {
            String type = each.artifactType() == null ? "" : each.artifactType();
            boolean candidate = type.equals(SIGNATURE) || type.startsWith(BUNDLE);
            if (candidate
                    && source.layersOf(each.digest()).stream()
                            .anyMatch(layer -> layer.mediaType().startsWith(BUNDLE)
                                    ? isBundle(layer, digest)
                                    : isSignature(layer, digest))) {
                return true;
            }
        }
        return false;
    }

    /** Whether signatures were there that name a short-lived certificate in place of a key. */
    boolean sawKeyless() {
        return keyless;
    }

    private boolean isSignature(Descriptor layer, String digest) {
        Map<String, String> annotations = layer.annotations();
        String text = annotations == null ? null : annotations.get(ANNOTATION);
        keyless |= annotations != null && annotations.containsKey(CERTIFICATE);
        if (text == null || !layer.mediaType().equals(PAYLOAD)) {
            return false;
        }
        Optional<byte[]> signature = decode(text);
        Optional<byte[]> payload = source.blob(layer);
        return signature.isPresent()
                && payload.isPresent()
                && isByOurs(payload.get(), signature.get())
                && speaksOf(payload.get(), digest);
    }

    private boolean isByOurs(byte[] signed, byte[] signature) {
        return keys.stream().anyMatch(key -> PublicKeys.verifies(key, signed, signature));
    }

    private static boolean speaksOf(byte[] payload, String digest) {
        try {
            JsonFields critical = JsonFields.read(payload, "signature payload").object("critical");
            return critical.text("type").equals("cosign container image signature")
                    && critical.object("image").text("docker-manifest-digest").equals(digest);
        } catch (NaruException broken) {
            return false;
        }
    }

    private boolean isBundle(Descriptor layer, String digest) {
        Optional<byte[]> bundle = source.blob(layer);
        if (bundle.isEmpty()) {
            return false;
        }
        try {
            JsonFields fields = JsonFields.read(bundle.get(), "signature bundle");
            JsonFields material = fields.object("verificationMaterial");
            keyless |= material.has("certificate") || material.has("x509CertificateChain");
            JsonFields envelope = fields.object("dsseEnvelope");
            Optional<byte[]> payload = decode(envelope.text("payload"));
            if (payload.isEmpty() || !envelope.text("payloadType").equals(STATEMENT)) {
                return false;
            }
            byte[] signed = authenticated(STATEMENT, payload.get());
            boolean ours = envelope.objects("signatures").stream()
                    .flatMap(each -> decode(each.text("sig")).stream())
                    .anyMatch(signature -> isByOurs(signed, signature));
            return ours && states(payload.get(), digest);
        } catch (NaruException broken) {
            return false;
        }
    }

    /** An attestation by the same key says something about the image, but not that it is good. */
    private static boolean states(byte[] statement, String digest) {
        JsonFields fields = JsonFields.read(statement, "signature statement");
        return fields.text("predicateType").equals(SIGNED)
                && fields.objects("subject").stream()
                        .anyMatch(each -> ("sha256:" + each.object("digest").text("sha256")).equals(digest));
    }

    /** What a DSSE signature is of (dsse, protocol.md, PAE). */
    static byte[] authenticated(String type, byte[] payload) {
        byte[] head =
                ("DSSEv1 " + type.length() + " " + type + " " + payload.length + " ").getBytes(StandardCharsets.UTF_8);
        byte[] all = new byte[head.length + payload.length];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(payload, 0, all, head.length, payload.length);
        return all;
    }

    private static Optional<byte[]> decode(String text) {
        try {
            byte[] bytes = Base64.getDecoder().decode(text.strip());
            return bytes.length == 0 ? Optional.empty() : Optional.of(bytes);
        } catch (IllegalArgumentException broken) {
            return Optional.empty();
        }
    }
}
