package dev.naru.image;

import dev.naru.error.NaruException;
import dev.naru.image.CborValue.Bytes;
import dev.naru.image.CborValue.Items;
import dev.naru.image.CborValue.Number;
import dev.naru.image.CborValue.Table;
import dev.naru.image.CborValue.Tagged;
import dev.naru.image.CborValue.Text;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Envelopes in CBOR: COSE_Sign1 (RFC 9052; notaryproject specifications, signature-envelope-cose). */
final class CoseEnvelope {
    static final String TYPE = "application/cose";

    private static final long SIGN1 = 18;
    private static final long SECONDS = 1;
    private static final Number ALGORITHM = new Number(1);
    private static final Number CRITICAL = new Number(2);
    private static final Number CONTENT = new Number(3);
    private static final Number CHAIN = new Number(33);

    /** By their numbers in the IANA registry of COSE algorithms. */
    private static final Map<CborValue, String> ALGORITHMS = Map.of(
            new Number(-7), "ES256",
            new Number(-35), "ES384",
            new Number(-36), "ES512",
            new Number(-37), "PS256",
            new Number(-38), "PS384",
            new Number(-39), "PS512");

    private CoseEnvelope() {}

    static NotationEnvelope read(byte[] content) throws CertificateException {
        if (!(CborReader.read(content) instanceof Tagged(long tag, Items parts))
                || tag != SIGN1
                || parts.values().size() != 4
                || !(parts.values().get(0) instanceof Bytes head)
                || !(parts.values().get(1) instanceof Table open)
                || !(parts.values().get(2) instanceof Bytes payload)
                || !(parts.values().get(3) instanceof Bytes signature)
                || !(CborReader.read(head.value()) instanceof Table header)) {
            throw NaruException.invalid("it is no COSE_Sign1 message with a payload");
        }
        return new NotationEnvelope(
                chain(open.values().get(CHAIN)),
                critical(header.values().get(CRITICAL)),
                text(header.values().get(CONTENT)),
                algorithm(header.values().get(ALGORITHM)),
                signed(head.value(), payload.value()),
                signature.value(),
                payload.value(),
                time(header.values().get(new Text(NotationCheck.EXPIRY))));
    }

    /** One certificate stands alone, several in an array (RFC 9360, section 2). */
    private static List<X509Certificate> chain(@Nullable CborValue value) throws CertificateException {
        List<CborValue> parts =
                value instanceof Items items ? items.values() : value == null ? List.of() : List.of(value);
        var chain = new ArrayList<X509Certificate>();
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        for (CborValue each : parts) {
            if (!(each instanceof Bytes bytes)) {
                throw NaruException.invalid("its certificates are none");
            }
            chain.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(bytes.value())));
        }
        return chain;
    }

    private static List<String> critical(@Nullable CborValue value) {
        var names = new ArrayList<String>();
        if (value instanceof Items items) {
            for (CborValue each : items.values()) {
                boolean known = ALGORITHM.equals(each) || CRITICAL.equals(each) || CONTENT.equals(each);
                if (!known) {
                    names.add(each instanceof Text text ? text.value() : each.toString());
                }
            }
        }
        return names;
    }

    private static String text(@Nullable CborValue value) {
        return value instanceof Text text ? text.value() : "";
    }

    private static String algorithm(@Nullable CborValue value) {
        String name = value == null ? null : ALGORITHMS.get(value);
        return name == null ? String.valueOf(value) : name;
    }

    private static @Nullable Instant time(@Nullable CborValue value) {
        if (value == null) {
            return null;
        }
        if (value instanceof Tagged(long tag, Number seconds) && tag == SECONDS) {
            return Instant.ofEpochSecond(seconds.value());
        }
        throw NaruException.invalid("its expiry is no time");
    }

    /** The Sig_structure (RFC 9052, section 4.4). */
    static byte[] signed(byte[] head, byte[] payload) {
        var out = new ByteArrayOutputStream();
        out.write(0x84);
        byte[] context = "Signature1".getBytes(StandardCharsets.US_ASCII);
        length(out, 0x60, context.length);
        out.writeBytes(context);
        length(out, 0x40, head.length);
        out.writeBytes(head);
        length(out, 0x40, 0);
        length(out, 0x40, payload.length);
        out.writeBytes(payload);
        return out.toByteArray();
    }

    private static void length(ByteArrayOutputStream out, int kind, int length) {
        int bytes = length < 24 ? 0 : length < 256 ? 1 : length < 65_536 ? 2 : 4;
        out.write(kind | (bytes == 0 ? length : bytes == 1 ? 24 : bytes == 2 ? 25 : 26));
        for (int i = bytes - 1; i >= 0; i--) {
            out.write(length >> (8 * i));
        }
    }
}
