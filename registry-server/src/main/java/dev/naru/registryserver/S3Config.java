package dev.naru.registryserver;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A bucket that has the blobs of a registry.
 *
 * @param endpoint base URL of a server that speaks S3; null for Amazon's
 * @param prefix before the blobs' keys; empty, or ending with a slash
 * @param credentials a file as AWS' command line has it; null for what the environment says
 * @param redirect whether clients fetch blobs from the bucket themselves, with URLs that are valid for minutes
 */
public record S3Config(
        @Nullable URI endpoint,
        String region,
        String bucket,
        String prefix,
        @Nullable Path credentials,
        boolean redirect) {
    public S3Config {
        requireNonNull(region, "region");
        requireNonNull(bucket, "bucket");
        requireNonNull(prefix, "prefix");
        if (bucket.isEmpty()) {
            throw NaruException.invalid("the bucket has no name");
        }
        if (prefix.startsWith("/") || (!prefix.isEmpty() && !prefix.endsWith("/"))) {
            throw NaruException.invalid(
                    "invalid prefix \"" + prefix + "\": it ends with a slash and begins without one");
        }
    }
}
