package dev.naru.registryserver;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * What the endpoints work on.
 *
 * @param upstream where missing content comes from; null for nowhere
 */
record Registry(
        RegistryConfig config,
        Catalogue catalogue,
        BlobBackend blobs,
        dev.naru.store.Leases leases,
        UploadSessions uploads,
        Notifications notifications,
        Metrics metrics,
        @Nullable PullThrough upstream) {
    Registry {
        requireNonNull(config, "config");
        requireNonNull(catalogue, "catalogue");
        requireNonNull(blobs, "blobs");
    }

    /** @throws Refusal UNSUPPORTED when the registry is read-only, or a cache of another one */
    void requireWritable() {
        if (config.readOnly()) {
            throw new Refusal(DistributionError.UNSUPPORTED, "the registry is read-only", null);
        }
        if (upstream != null) {
            throw new Refusal(
                    DistributionError.UNSUPPORTED, "the registry is a cache of another one; push to that one", null);
        }
    }

    /** @throws Refusal UNSUPPORTED when deletion is off */
    void requireDeletable() {
        requireWritable();
        if (!config.deletion()) {
            throw new Refusal(DistributionError.UNSUPPORTED, "deletion is disabled in this registry", null);
        }
    }
}
