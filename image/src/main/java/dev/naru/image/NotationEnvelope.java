package dev.naru.image;

import static java.util.Objects.requireNonNull;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a signature envelope says, whatever its format.
 *
 * @param chain the signer's certificate first
 * @param critical attributes that whoever does not understand them must refuse
 * @param type of the payload
 * @param algorithm as JWS names it (RFC 7518)
 * @param signed the bytes that the signature is of
 * @param expiry null for never
 */
record NotationEnvelope(
        List<X509Certificate> chain,
        List<String> critical,
        String type,
        String algorithm,
        byte[] signed,
        byte[] signature,
        byte[] payload,
        @Nullable Instant expiry) {
    NotationEnvelope {
        chain = List.copyOf(chain);
        critical = List.copyOf(critical);
        requireNonNull(type, "type");
        requireNonNull(algorithm, "algorithm");
    }
}
