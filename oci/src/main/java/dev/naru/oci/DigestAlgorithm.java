package dev.naru.oci;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** How digests are made (image-spec, descriptor.md, Registered algorithms). */
public enum DigestAlgorithm {
    SHA256("sha256", "SHA-256", 64),
    SHA512("sha512", "SHA-512", 128);

    private final String text;
    private final String jdkName;
    private final int digits;

    DigestAlgorithm(String text, String jdkName, int digits) {
        this.text = text;
        this.jdkName = jdkName;
        this.digits = digits;
    }

    /** As digests begin, such as {@code sha256:}. */
    public String prefix() {
        return text + ":";
    }

    /** Its name in a store's paths, such as {@code sha256}. */
    public String text() {
        return text;
    }

    /** The algorithm of that name; null when it is none of these. */
    public static @Nullable DigestAlgorithm named(String text) {
        for (DigestAlgorithm each : values()) {
            if (each.text.equals(text)) {
                return each;
            }
        }
        return null;
    }

    /** The algorithm that a digest's text begins with; null when it is none of these. */
    static @Nullable DigestAlgorithm of(String digest) {
        int colon = digest.indexOf(':');
        return colon < 0 ? null : named(digest.substring(0, colon));
    }

    /** Whether these are the digits of a digest: as many as it has, lower case. */
    boolean isHex(String hex) {
        return hex.length() == digits && hex.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }

    String hex(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(jdkName).digest(content));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
