package dev.naru.oci;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import java.nio.charset.StandardCharsets;

/**
 * A content's digest, such as {@code sha256:} and 64 hexadecimal digits (image-spec, descriptor.md, Digests).
 *
 * @param hex the digits, lower case
 */
public record Digest(DigestAlgorithm algorithm, String hex) {
    public Digest {
        requireNonNull(algorithm, "algorithm");
        if (!algorithm.isHex(hex)) {
            throw NaruException.invalid("invalid digest \"" + hex + "\"");
        }
    }

    /** By SHA-256. */
    public Digest(String hex) {
        this(DigestAlgorithm.SHA256, hex);
    }

    /**
     * Reads {@code sha256:<hex>} or {@code sha512:<hex>}.
     *
     * @throws NaruException INVALID for anything else
     */
    public static Digest parse(String text) {
        DigestAlgorithm algorithm = DigestAlgorithm.of(text);
        if (algorithm == null || !isDigest(text)) {
            throw NaruException.invalid("invalid digest \"" + text + "\"");
        }
        return new Digest(algorithm, text.substring(algorithm.prefix().length()));
    }

    public static boolean isDigest(String text) {
        DigestAlgorithm algorithm = DigestAlgorithm.of(text);
        return algorithm != null
                && algorithm.isHex(text.substring(algorithm.prefix().length()));
    }

    /** The SHA-256 digest of some bytes. */
    public static Digest of(byte[] content) {
        return of(DigestAlgorithm.SHA256, content);
    }

    public static Digest of(DigestAlgorithm algorithm, byte[] content) {
        return new Digest(algorithm, algorithm.hex(content));
    }

    public static Digest of(String content) {
        return of(content.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether some bytes have this digest. */
    public boolean matches(byte[] content) {
        return algorithm.hex(content).equals(hex);
    }

    /** Where an image layout has the content, such as {@code blobs/sha256/<hex>} (image-spec, image-layout.md). */
    public String layoutPath() {
        return "blobs/" + algorithm.text() + "/" + hex;
    }

    @Override
    public String toString() {
        return algorithm.prefix() + hex;
    }
}
