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
 */
public record PullRequest(Reference reference, @Nullable Platform platform, Credentials credentials) {}
