package dev.naru.image;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Envelopes in JSON (notaryproject specifications, signature-envelope-jws). */
final class JwsEnvelope {
    static final String TYPE = "application/jose+json";

    private JwsEnvelope() {}

    static NotationEnvelope read(byte[] content) throws CertificateException {
        JsonFields envelope = JsonFields.read(content, "signature envelope");
        Base64.Decoder decoder = Base64.getUrlDecoder();
        JsonFields header = JsonFields.read(decoder.decode(envelope.text("protected")), "signature header");
        String expiry = header.text(NotationCheck.EXPIRY);
        String signed = envelope.text("protected") + "." + envelope.text("payload");
        return new NotationEnvelope(
                chain(envelope.object("header").texts("x5c")),
                header.texts("crit"),
                header.text("cty"),
                header.text("alg"),
                signed.getBytes(StandardCharsets.US_ASCII),
                decoder.decode(envelope.text("signature")),
                decoder.decode(envelope.text("payload")),
                expiry.isEmpty() ? null : OffsetDateTime.parse(expiry).toInstant());
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
}
