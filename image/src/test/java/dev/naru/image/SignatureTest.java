package dev.naru.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Descriptor;
import dev.naru.oci.MediaTypes;
import dev.naru.oci.Reference;
import dev.naru.registry.Credentials;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Images are refused unless somebody who is trusted has signed exactly them. */
class SignatureTest extends RegistryImagesFixture {
    private static final String PAYLOAD = "application/vnd.dev.cosign.simplesigning.v1+json";

    private static KeyPair keys(String kind) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
        switch (kind) {
            case "EC" -> generator.initialize(new ECGenParameterSpec("secp256r1"));
            case "RSA" -> generator.initialize(2048);
            default -> {}
        }
        return generator.generateKeyPair();
    }

    private static byte[] sign(PrivateKey key, byte[] content) throws Exception {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "EC" -> "SHA256withECDSA";
                    case "RSA" -> "SHA256withRSA";
                    default -> "Ed25519";
                };
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(content);
        return signature.sign();
    }

    private static String base64(byte[] content) {
        return Base64.getEncoder().encodeToString(content);
    }

    private Path pem(String name, PublicKey key) throws Exception {
        return Files.writeString(
                directory.resolve(name),
                "-----BEGIN PUBLIC KEY-----\n"
                        + Base64.getMimeEncoder().encodeToString(key.getEncoded())
                        + "\n-----END PUBLIC KEY-----\n");
    }

    private TrustPolicy policy(String rule) throws Exception {
        return TrustPolicy.read(Files.writeString(
                directory.resolve("policy.json"),
                "{\"rules\":[{\"match\":\"" + registry.name("free") + "\",\"type\":\"none\"},"
                        + "{\"match\":\"127.0.0.1*\"," + rule + "}]}"));
    }

    private TrustPolicy cosign(PublicKey key) throws Exception {
        return policy("\"type\":\"cosign\",\"keys\":[\"" + pem("key.pub", key) + "\"]");
    }

    private void pull(String name, TrustPolicy trust) {
        images.pull(
                registries,
                new PullRequest(Reference.parse(registry.name(name)).tagged(), null, Credentials.anonymous(), trust),
                progress -> {});
    }

    private void assertRefused(TrustPolicy trust, String reason) {
        registry.requests.clear();
        assertThatThrownBy(() -> pull("signed", trust))
                .isInstanceOfSatisfying(NaruException.class, failure -> assertThat(failure.kind())
                        .isEqualTo(ErrorKind.FORBIDDEN))
                .hasMessageContaining(reason);
        assertThat(images.list()).isEmpty();
        assertThat(store.blobs().list()).isEmpty();
    }

    private Descriptor cosigned(String digest, PrivateKey key) throws Exception {
        byte[] payload = ArchiveBuilder.bytes("{\"critical\":{\"identity\":{\"docker-reference\":\"x\"},\"image\":"
                + "{\"docker-manifest-digest\":\"" + digest
                + "\"},\"type\":\"cosign container image signature\"},\"optional\":null}");
        return registry.blob(
                PAYLOAD, payload, Map.of("dev.cosignproject.cosign/signature", base64(sign(key, payload))));
    }

    private void tagged(String digest, Descriptor layer) {
        registry.manifest(
                digest.replace(':', '-') + ".sig",
                null,
                registry.blob(MediaTypes.CONFIG, ArchiveBuilder.bytes("{}"), null),
                List.of(layer),
                null);
    }

    @Test
    void cosignsKeysOfEachKindAreUnderstood() throws Exception {
        for (String kind : List.of("EC", "RSA", "Ed25519")) {
            KeyPair keys = keys(kind);
            String digest = registry.image("latest", kind);
            tagged(digest, cosigned(digest, keys.getPrivate()));
            pull("signed", cosign(keys.getPublic()));
            assertThat(images.find(registry.name("signed"))).as(kind).isPresent();
        }
    }

    @Test
    void withoutAPolicyNobodyAsksForSignatures() {
        registry.image("latest", "plain");
        pull("signed", TrustPolicy.NONE);
        assertThat(registry.requests).noneMatch(each -> each.contains(".sig") || each.contains("referrers"));
    }

    @Test
    void missingWrongAndForeignSignaturesAreRefused() throws Exception {
        KeyPair ours = keys("EC");
        String digest = registry.image("latest", "content");
        assertRefused(cosign(ours.getPublic()), "no cosign signature of " + digest);
        tagged(digest, cosigned(digest, keys("EC").getPrivate()));
        assertRefused(cosign(ours.getPublic()), "no cosign signature of " + digest);
        tagged(digest, cosigned("sha256:" + "0".repeat(64), ours.getPrivate()));
        assertRefused(cosign(ours.getPublic()), "no cosign signature of " + digest);
        tagged(
                digest,
                registry.blob(
                        PAYLOAD, ArchiveBuilder.bytes("nonsense"), Map.of("dev.cosignproject.cosign/signature", "%%")));
        assertRefused(cosign(ours.getPublic()), "no cosign signature of " + digest);
        assertRefused(policy("\"type\":\"reject\""), "rejects this repository");
        pull("free", cosign(ours.getPublic()));
    }

    @Test
    void bundlesBesideTheImageCountAndAttestationsDoNot() throws Exception {
        KeyPair keys = keys("EC");
        String digest = registry.image("latest", "content");
        bundle(digest, keys, "https://slsa.dev/provenance/v1");
        assertRefused(cosign(keys.getPublic()), "no cosign signature");
        bundle(digest, keys, "https://sigstore.dev/cosign/sign/v1");
        pull("signed", cosign(keys.getPublic()));
        assertThat(images.list()).hasSize(1);
    }

    private void bundle(String digest, KeyPair keys, String predicate) throws Exception {
        byte[] statement = ArchiveBuilder.bytes("{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{"
                + "\"digest\":{\"sha256\":\"" + digest.substring(7) + "\"}}],\"predicateType\":\"" + predicate
                + "\",\"predicate\":{}}");
        byte[] signature =
                sign(keys.getPrivate(), CosignCheck.authenticated("application/vnd.in-toto+json", statement));
        byte[] bundle = ArchiveBuilder.bytes("{\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\","
                + "\"dsseEnvelope\":{\"payload\":\"" + base64(statement)
                + "\",\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":[{\"sig\":\""
                + base64(signature) + "\"}]}}");
        String type = "application/vnd.dev.sigstore.bundle.v0.3+json";
        registry.refer(digest, type, registry.blob(type, bundle, null));
    }

    @Test
    void notationsEnvelopesAreVerified() throws Exception {
        String digest = registry.image("latest", "content");
        Path authority = certificate("ca", null);
        Path other = certificate("other", null);
        certificate("leaf", "ca");
        TrustPolicy trust = notation(authority);
        assertRefused(trust, "no notation signature of " + digest);
        registry.refer(
                digest, NotationCheck.ARTIFACT, registry.blob("application/cose", ArchiveBuilder.bytes("cose"), null));
        assertRefused(trust, "a signature is not valid");
        envelope(digest, "sha256:" + "1".repeat(64), "");
        assertRefused(trust, "is of sha256:111");
        envelope(digest, digest, ",\"io.cncf.notary.expiry\":\"2020-01-01T00:00:00Z\"");
        assertRefused(trust, "has expired");
        envelope(digest, digest, "");
        assertRefused(notation(other), "is not trusted");
        pull("signed", trust);
        assertThat(images.list()).hasSize(1);
    }

    @Test
    void envelopesInCborAreVerifiedToo() throws Exception {
        String digest = registry.image("latest", "content");
        Path authority = certificate("ca", null);
        certificate("leaf", "ca");
        cose(digest, "sha256:" + "1".repeat(64), 0, -37);
        assertRefused(notation(authority), "is of sha256:111");
        cose(digest, digest, 1_500_000_000, -37);
        assertRefused(notation(authority), "has expired");
        cose(digest, digest, 0, -257);
        assertRefused(notation(authority), "is not allowed");
        cose(digest, digest, 4_000_000_000L, -37);
        pull("signed", notation(authority));
        assertThat(images.list()).hasSize(1);
    }

    @Test
    void revokedCertificatesDoNotCount() throws Exception {
        String digest = registry.image("latest", "content");
        Path authority = certificate("ca", null);
        Path leaf = certificate("leaf", "ca");
        envelope(digest, digest, "");
        Path bad = revocations("bad", leaf);
        assertRefused(notation(authority, bad), "revoked");
        assertRefused(notation(leaf, bad), "is revoked");
        certificate("other", null);
        assertRefused(notation(authority, foreign()), "is not trusted");
        pull("signed", notation(authority, revocations("good", null)));
        assertThat(images.list()).hasSize(1);
    }

    /** A list by somebody who has nothing to do with it. */
    private Path foreign() throws Exception {
        return revocations("foreign", "other", null);
    }

    private Path revocations(String name, @Nullable Path revoked) throws Exception {
        return revocations(name, "ca", revoked);
    }

    private Path revocations(String name, String issuer, @Nullable Path revoked) throws Exception {
        String line = "";
        if (revoked != null) {
            try (var in = Files.newInputStream(revoked)) {
                var certificate =
                        (java.security.cert.X509Certificate) java.security.cert.CertificateFactory.getInstance("X.509")
                                .generateCertificate(in);
                String serial = certificate.getSerialNumber().toString(16).toUpperCase(java.util.Locale.ROOT);
                line = "R\t400101000000Z\t250101000000Z\t" + (serial.length() % 2 == 0 ? "" : "0") + serial
                        + "\tunknown\t/CN=leaf\n";
            }
        }
        Path index = Files.writeString(directory.resolve(name + ".txt"), line);
        Path settings = Files.writeString(
                directory.resolve(name + ".cnf"),
                "[ca]\ndefault_ca=d\n[d]\ndatabase=" + index + "\ndefault_md=sha256\ndefault_crl_days=30\n");
        Path list = directory.resolve(name + ".crl");
        Process made = new ProcessBuilder(
                        "openssl",
                        "ca",
                        "-gencrl",
                        "-config",
                        settings.toString(),
                        "-keyfile",
                        directory.resolve(issuer + ".key").toString(),
                        "-cert",
                        directory.resolve(issuer + ".pem").toString(),
                        "-out",
                        list.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(made.waitFor()).as(said).isZero();
        return list;
    }

    private TrustPolicy notation(Path certificate, Path revoked) throws Exception {
        return policy("\"type\":\"notation\",\"certificates\":[\"" + certificate + "\"],\"revocation-lists\":[\""
                + revoked + "\"]");
    }

    /** @param expiry seconds since 1970, 0 for none */
    private void cose(String subject, String signed, long expiry, int algorithm) throws Exception {
        byte[] head = new Cbor()
                .head(5, expiry == 0 ? 4 : 5)
                .number(1)
                .number(algorithm)
                .number(2)
                .head(4, 1)
                .text("io.cncf.notary.signingScheme")
                .number(3)
                .text("application/vnd.cncf.notary.payload.v1+json")
                .text("io.cncf.notary.signingScheme")
                .text("notary.x509")
                .expiry(expiry)
                .bytes();
        byte[] payload = ArchiveBuilder.bytes("{\"targetArtifact\":{\"digest\":\"" + signed + "\"}}");
        byte[] structure = new Cbor()
                .head(4, 4)
                .text("Signature1")
                .string(head)
                .string(new byte[0])
                .string(payload)
                .bytes();
        String leaf = Files.readString(directory.resolve("leaf.pem")).replaceAll("-----[A-Z ]+-----|\\s", "");
        byte[] envelope = new Cbor()
                .head(6, 18)
                .head(4, 4)
                .string(head)
                .head(5, 1)
                .number(33)
                .string(Base64.getDecoder().decode(leaf))
                .string(payload)
                .string(sign(structure))
                .bytes();
        registry.refer(subject, NotationCheck.ARTIFACT, registry.blob("application/cose", envelope, null));
    }

    /** Writes CBOR (RFC 8949). */
    private static final class Cbor {
        private final java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();

        Cbor head(int kind, long value) {
            if (value < 24) {
                out.write((kind << 5) | (int) value);
            } else {
                int power = value < 256 ? 0 : value < 65_536 ? 1 : value < 4_294_967_296L ? 2 : 3;
                out.write((kind << 5) | (24 + power));
                for (int i = (1 << power) - 1; i >= 0; i--) {
                    out.write((int) (value >> (8 * i)));
                }
            }
            return this;
        }

        Cbor number(long value) {
            return value < 0 ? head(1, -1 - value) : head(0, value);
        }

        Cbor text(String text) {
            head(3, text.length()).out.writeBytes(ArchiveBuilder.bytes(text));
            return this;
        }

        Cbor string(byte[] content) {
            head(2, content.length).out.writeBytes(content);
            return this;
        }

        Cbor expiry(long seconds) {
            return seconds == 0
                    ? this
                    : text("io.cncf.notary.expiry").head(6, 1).number(seconds);
        }

        byte[] bytes() {
            return out.toByteArray();
        }
    }

    private TrustPolicy notation(Path certificate) throws Exception {
        return policy("\"type\":\"notation\",\"certificates\":[\"" + certificate + "\"]");
    }

    private Path certificate(String name, @Nullable String issuer) throws Exception {
        Path file = directory.resolve(name + ".pem");
        var command = new java.util.ArrayList<>(List.of(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "30",
                "-sha256",
                "-subj",
                "/O=naru/CN=" + name,
                "-keyout",
                directory.resolve(name + ".key").toString(),
                "-out",
                file.toString()));
        if (issuer == null) {
            command.addAll(List.of("-addext", "basicConstraints=critical,CA:TRUE"));
        } else {
            command.addAll(List.of(
                    "-CA",
                    directory.resolve(issuer + ".pem").toString(),
                    "-CAkey",
                    directory.resolve(issuer + ".key").toString(),
                    "-addext",
                    "basicConstraints=CA:FALSE",
                    "-addext",
                    "extendedKeyUsage=codeSigning"));
        }
        Process made = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(made.waitFor()).as(said).isZero();
        return file;
    }

    private void envelope(String subject, String signed, String more) throws Exception {
        String head = url(ArchiveBuilder.bytes("{\"alg\":\"PS256\",\"cty\":"
                + "\"application/vnd.cncf.notary.payload.v1+json\",\"crit\":[\"io.cncf.notary.signingScheme\"],"
                + "\"io.cncf.notary.signingScheme\":\"notary.x509\"" + more + "}"));
        String payload = url(ArchiveBuilder.bytes("{\"targetArtifact\":{\"mediaType\":\"" + MediaTypes.MANIFEST
                + "\",\"digest\":\"" + signed + "\",\"size\":1}}"));
        byte[] signature = sign(ArchiveBuilder.bytes(head + "." + payload));
        String leaf = Files.readString(directory.resolve("leaf.pem")).replaceAll("-----[A-Z ]+-----|\\s", "");
        byte[] envelope = ArchiveBuilder.bytes("{\"payload\":\"" + payload + "\",\"protected\":\"" + head
                + "\",\"header\":{\"x5c\":[\"" + leaf + "\"]},\"signature\":\"" + url(signature) + "\"}");
        registry.refer(subject, NotationCheck.ARTIFACT, registry.blob("application/jose+json", envelope, null));
    }

    private byte[] sign(byte[] content) throws Exception {
        String pem = Files.readString(directory.resolve("leaf.key")).replaceAll("-----[A-Z ]+-----", "");
        PrivateKey key = java.security.KeyFactory.getInstance("RSA")
                .generatePrivate(new java.security.spec.PKCS8EncodedKeySpec(
                        Base64.getMimeDecoder().decode(pem)));
        Signature signature = Signature.getInstance("RSASSA-PSS");
        signature.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
        signature.initSign(key);
        signature.update(content);
        return signature.sign();
    }

    private static String url(byte[] content) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(content);
    }

    @Test
    void policiesThatMakeNoSenseAreRefused() throws Exception {
        assertThatThrownBy(() -> policy("\"type\":\"cosing\"")).hasMessageContaining("none of none, reject, cosign");
        assertThatThrownBy(() -> policy("\"type\":\"cosign\"")).hasMessageContaining("has no \"keys\"");
        assertThatThrownBy(() -> policy("\"type\":\"cosign\",\"issuer\":\"https://accounts.example\""))
                .hasMessageContaining("keyless signatures, which are not supported");
        Path file = Files.writeString(directory.resolve("bad.json"), "{}");
        assertThatThrownBy(() -> TrustPolicy.read(file)).hasMessageContaining("it has no \"rules\"");
        assertThat(new TrustPolicy.Rule("a/*/c", new TrustPolicy.Trust.Nothing()).matches("a/b/b/c"))
                .isTrue();
        assertThat(new TrustPolicy.Rule("a/*/c", new TrustPolicy.Trust.Nothing()).matches("a/c"))
                .isFalse();
    }
}
