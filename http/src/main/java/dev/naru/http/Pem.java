package dev.naru.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;

/** Certificates and keys in PEM files, as openssl writes them: PKCS #8, and PKCS #1 for RSA. */
public final class Pem {
    /** AlgorithmIdentifier rsaEncryption with NULL parameters. */
    private static final byte[] RSA = {
        0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00
    };

    private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};

    private Pem() {}

    /** All certificates of a file, at least one. */
    public static List<? extends Certificate> certificates(Path file) throws IOException, GeneralSecurityException {
        try (var in = Files.newInputStream(file)) {
            var all = CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (all.isEmpty()) {
                throw new IOException(file + " holds no certificate");
            }
            return List.copyOf(all);
        }
    }

    /** The first key of a file. */
    public static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        if (text.contains("-----BEGIN RSA PRIVATE KEY-----")) {
            byte[] inner = block(file, text, "RSA PRIVATE KEY");
            byte[] wrapped = sequence(VERSION_0, RSA, tagged(0x04, inner));
            return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(wrapped));
        }
        var encoded = new PKCS8EncodedKeySpec(block(file, text, "PRIVATE KEY"));
        for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
            } catch (InvalidKeySpecException e) {
                // Another algorithm's key.
            }
        }
        throw new IOException(file + " holds a key of an unknown kind");
    }

    private static byte[] block(Path file, String text, String label) throws IOException {
        String begin = "-----BEGIN " + label + "-----";
        int from = text.indexOf(begin);
        int to = text.indexOf("-----END " + label + "-----");
        if (from < 0 || to < from) {
            throw new IOException(
                    file + " holds no " + label + " (an EC key must be in PKCS #8: openssl pkcs8 -topk8 -nocrypt)");
        }
        return Base64.getMimeDecoder()
                .decode(text.substring(from + begin.length(), to).strip());
    }

    private static byte[] sequence(byte[]... parts) throws IOException {
        var all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.write(part);
        }
        return tagged(0x30, all.toByteArray());
    }

    private static byte[] tagged(int tag, byte[] value) {
        var out = new ByteArrayOutputStream();
        out.write(tag);
        if (value.length >= 0x80) {
            // DER wants the shortest form of a length.
            int bytes = value.length < 0x100 ? 1 : value.length < 0x10000 ? 2 : 3;
            out.write(0x80 | bytes);
            for (int shift = 8 * (bytes - 1); shift > 0; shift -= 8) {
                out.write(value.length >> shift);
            }
        }
        out.write(value.length);
        out.writeBytes(value);
        return out.toByteArray();
    }
}
