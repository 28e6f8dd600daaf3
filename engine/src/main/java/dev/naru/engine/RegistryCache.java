package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Reference;
import dev.naru.registry.Repository;
import dev.naru.registry.Transfer;
import dev.naru.store.Store;
import java.io.InputStream;
import java.util.Optional;

/** A build cache under a tag of a registry. */
final class RegistryCache implements CachePlace {
    private final Reference reference;
    private final Repository repository;
    private final Store store;

    RegistryCache(Reference reference, Repository repository, Store store) {
        this.reference = requireNonNull(reference, "reference");
        this.repository = requireNonNull(repository, "repository");
        this.store = requireNonNull(store, "store");
    }

    private String tag() {
        String digest = reference.digest();
        return digest == null ? String.valueOf(reference.tag()) : digest;
    }

    @Override
    public String name() {
        return reference.toString();
    }

    @Override
    public Optional<byte[]> manifest() {
        try {
            return Optional.of(repository.manifest(tag()).content());
        } catch (NaruException failure) {
            if (failure.kind() == ErrorKind.NOT_FOUND) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    @Override
    public byte[] manifest(String digest) {
        return repository.manifest(digest).content();
    }

    @Override
    public InputStream open(String digest) {
        return repository.read(digest).content();
    }

    @Override
    public void put(Content content) {
        if (repository.blobSize(content.digest()) < 0) {
            repository.upload(content.digest(), store, new Silent());
        }
    }

    @Override
    public void finish(String mediaType, byte[] manifest) {
        repository.putManifest(tag(), mediaType, manifest);
    }

    /** Progress of a cache's upload is told as a whole. */
    private static final class Silent implements Transfer.Counter {
        @Override
        public void begun() {}

        @Override
        public void sent(long bytes) {}
    }
}
