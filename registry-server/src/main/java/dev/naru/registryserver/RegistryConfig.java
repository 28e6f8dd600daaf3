package dev.naru.registryserver;

import static java.util.Objects.requireNonNull;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a registry is run.
 *
 * @param root where content and metadata are kept
 * @param s3 the bucket that has the blobs; null to keep them in {@code root}
 * @param access who may do what
 * @param readOnly whether nothing is accepted
 * @param deletion whether clients may delete
 * @param quota the most bytes of blobs in one repository, 0 for no limit
 * @param upstream base URL of the registry that this one caches, null for none
 * @param upstreamUser for the upstream, null for none
 * @param cacheAge how long cached content is kept
 * @param webhooks where events are posted
 * @param collectEvery how often unused blobs are removed; zero for never
 * @param unusedAge how long blobs without manifest, and uploads without requests, are kept
 */
@RecordBuilder
public record RegistryConfig(
        Path root,
        @Nullable S3Config s3,
        AccessConfig access,
        boolean readOnly,
        boolean deletion,
        long quota,
        @Nullable URI upstream,
        @Nullable String upstreamUser,
        @Nullable String upstreamPassword,
        Duration cacheAge,
        List<URI> webhooks,
        Duration collectEvery,
        Duration unusedAge) {
    public RegistryConfig {
        requireNonNull(root, "root");
        requireNonNull(access, "access");
        webhooks = List.copyOf(webhooks);
    }

    /** Open to everyone, with deletion, a collection each hour. */
    public static RegistryConfig of(Path root) {
        return new RegistryConfig(
                root,
                null,
                new AccessConfig.Open(),
                false,
                true,
                0,
                null,
                null,
                null,
                Duration.ofDays(7),
                List.of(),
                Duration.ofHours(1),
                Duration.ofHours(24));
    }

    /** Who may come in. */
    public sealed interface AccessConfig {
        /** Everyone, for everything. */
        record Open() implements AccessConfig {}

        /**
         * Names and passwords.
         *
         * @param users a file of {@code htpasswd -B}
         * @param rights lines of user, repository, actions; null when every user may do everything
         * @param tokens whether clients change the password for a token first, so that it is sent seldom
         */
        record Passwords(Path users, @Nullable Path rights, boolean tokens) implements AccessConfig {}

        /**
         * Tokens of somebody else.
         *
         * @param realm the URL where clients get them
         * @param key PEM file with the certificate or public key that they are signed for
         */
        record Tokens(String realm, String service, String issuer, Path key) implements AccessConfig {}
    }
}
