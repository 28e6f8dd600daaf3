package dev.naru.image;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;

/** Public keys as cosign and openssl write them, and the signatures that they verify. */
final class PublicKeys {
    private static final String BEGIN = "-----BEGIN PUBLIC KEY-----";
    private static final String END = "-----END PUBLIC KEY-----";

    private PublicKeys() {}

    /** Reads a PEM file with one public key: ECDSA, RSA or Ed25519. */
    static PublicKey read(String pem) throws GeneralSecurityException {
        int begin = pem.indexOf(BEGIN);
        int end = pem.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new InvalidKeyException("a key file has no PUBLIC KEY");
        }
        X509EncodedKeySpec spec;
        try {
            spec = new X509EncodedKeySpec(Base64.getMimeDecoder().decode(pem.substring(begin + BEGIN.length(), end)));
        } catch (IllegalArgumentException broken) {
            throw new InvalidKeyException("a key file is no PEM", broken);
        }
        for (String algorithm : List.of("EC", "RSA", "Ed25519")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePublic(spec);
            } catch (GeneralSecurityException another) {
                // It is for the next algorithm then.
            }
        }
        throw new InvalidKeyException("a key is none of ECDSA, RSA and Ed25519");
    }

    /** Whether a signature as cosign makes them is of these bytes by this key. */
    static boolean verifies(PublicKey key, byte[] signed, byte[] signature) {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "EC" -> "SHA256withECDSA";
                    case "RSA" -> "SHA256withRSA";
                    default -> "Ed25519";
                };
        try {
            Signature check = Signature.getInstance(algorithm);
            check.initVerify(key);
            check.update(signed);
            return check.verify(signature);
        } catch (GeneralSecurityException no) {
            // A signature that is no signature for this kind of key is not one by it.
            return false;
        }
    }
}
