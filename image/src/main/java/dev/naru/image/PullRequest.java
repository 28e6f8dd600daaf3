package dev.naru.image;

import dev.naru.oci.Platform;
import dev.naru.oci.Reference;
import dev.naru.registry.Credentials;
import org.jspecify.annotations.Nullable;

/**
 * What is pulled.
 *
 * @param reference with tag or digest
 * @param platform null for the host's
 * @param trust whose signatures it needs
 */
public record PullRequest(
        Reference reference, @Nullable Platform platform, Credentials credentials, TrustPolicy trust) {
    /** An image that needs no signature. */
    public PullRequest(Reference reference, @Nullable Platform platform, Credentials credentials) {
        this(reference, platform, credentials, TrustPolicy.NONE);
    }
}
