package dev.naru.oci;

import dev.naru.error.NaruException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A content's digest by SHA-256, {@code sha256:} and 64 hexadecimal digits (image-spec, descriptor.md, Digests).
 *
 * @param hex the digits, lower case
 */
public record Digest(String hex) {
    private static final String PREFIX = "sha256:";

    public Digest {
        if (!isHex(hex)) {
            throw NaruException.invalid("invalid digest \"" + hex + "\"");
        }
    }

    /**
     * Reads {@code sha256:<hex>}.
     *
     * @throws NaruException INVALID for anything else
     */
    public static Digest parse(String text) {
        if (!isDigest(text)) {
            throw NaruException.invalid("invalid digest \"" + text + "\"");
        }
        return new Digest(text.substring(PREFIX.length()));
    }

    public static boolean isDigest(String text) {
        return text.startsWith(PREFIX) && isHex(text.substring(PREFIX.length()));
    }

    /** The digest of some bytes. */
    public static Digest of(byte[] content) {
        try {
            return new Digest(HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(content)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    public static Digest of(String content) {
        return of(content.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isHex(String hex) {
        return hex.length() == 64 && hex.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }

    @Override
    public String toString() {
        return PREFIX + hex;
    }
}
