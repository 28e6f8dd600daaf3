package dev.naru.registryserver;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.http.Exchange;
import dev.naru.oci.Digest;
import dev.naru.store.Leases.Lease;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Manifests of a repository (distribution-spec, Pulling manifests, Pushing Manifests, Deleting Manifests). */
final class ManifestEndpoint {
    /** Registries may refuse larger ones (distribution-spec, Pushing Manifests). */
    static final int LARGEST = 4 << 20;

    private final Registry registry;
    private final ManifestCache cache = new ManifestCache();

    ManifestEndpoint(Registry registry) {
        this.registry = requireNonNull(registry, "registry");
    }

    void get(Exchange exchange, String repository, String reference) throws IOException {
        StoredManifest manifest = find(repository, reference).orElseThrow(() -> unknown(repository, reference));
        exchange.headers()
                .set("Content-Type", manifest.mediaType())
                .set("Docker-Content-Digest", manifest.digest())
                .set("ETag", "\"" + manifest.digest() + "\"");
        if (manifest.digest()
                .equals(exchange.request().headers().get("If-None-Match", "").replace("\"", ""))) {
            exchange.send(304, new byte[0]);
            return;
        }
        exchange.send(200, content(manifest));
        if (exchange.request().method().equals("GET")) {
            registry.notifications().pulled(repository, manifest, reference);
        }
    }

    private byte[] content(StoredManifest manifest) throws IOException {
        byte[] known = cache.get(manifest.digest());
        if (known != null) {
            return known;
        }
        try (BlobBackend.BlobContent content = registry.blobs().open(manifest.digest())) {
            byte[] read = content.stream().readNBytes(LARGEST);
            cache.put(manifest.digest(), read);
            return read;
        }
    }

    private Optional<StoredManifest> find(String repository, String reference) {
        if (registry.upstream() != null) {
            return registry.upstream().manifest(repository, reference);
        }
        return registry.catalogue().find(repository, reference);
    }

    private Refusal unknown(String repository, String reference) {
        return registry.catalogue().hasRepository(repository)
                ? new Refusal(DistributionError.MANIFEST_UNKNOWN, "manifest unknown", reference)
                : new Refusal(DistributionError.NAME_UNKNOWN, "repository name not known to registry", repository);
    }

    void put(Exchange exchange, String repository, String reference) throws IOException {
        registry.requireWritable();
        List<String> tags = new ArrayList<>(exchange.request().query().all("tag"));
        if (!Digest.isDigest(reference)) {
            tags.add(reference);
        }
        tags.forEach(ManifestEndpoint::requireTag);
        byte[] content = exchange.request().body().readNBytes(LARGEST + 1);
        if (content.length > LARGEST) {
            throw new Refusal(DistributionError.SIZE_INVALID, "a manifest may have " + LARGEST + " bytes", null);
        }
        StoredManifest manifest = parse(
                content,
                digest(content, reference),
                exchange.request().headers().get("Content-Type"));
        store(repository, manifest, content, tags);
        answer(exchange, repository, manifest, tags);
        registry.notifications().pushed(repository, manifest, tags);
    }

    private static Digest digest(byte[] content, String reference) {
        if (!Digest.isDigest(reference)) {
            return Digest.of(content);
        }
        Digest wanted = Digest.parse(reference);
        if (!wanted.matches(content)) {
            Digest actual = Digest.of(wanted.algorithm(), content);
            throw new Refusal(DistributionError.DIGEST_INVALID, "the content has the digest " + actual, reference);
        }
        return wanted;
    }

    private static StoredManifest parse(byte[] content, Digest digest, @Nullable String contentType) {
        try {
            return ManifestReader.read(content, digest, contentType);
        } catch (NaruException broken) {
            throw new Refusal(DistributionError.MANIFEST_INVALID, String.valueOf(broken.getMessage()), null);
        }
    }

    private void store(String repository, StoredManifest manifest, byte[] content, List<String> tags) {
        try (Lease lease = registry.leases().open()) {
            registry.blobs().put(content, manifest.digest(), lease);
            var durable = new ArrayList<>(manifest.references());
            durable.add(manifest.digest());
            registry.blobs().sync(durable);
            registry.catalogue().add(repository, manifest, tags);
        }
    }

    private static void answer(Exchange exchange, String repository, StoredManifest manifest, List<String> tags)
            throws IOException {
        exchange.headers()
                .set("Location", "/v2/" + repository + "/manifests/" + manifest.digest())
                .set("Docker-Content-Digest", manifest.digest());
        if (manifest.subject() != null) {
            exchange.headers().set("OCI-Subject", manifest.subject());
        }
        tags.forEach(tag -> exchange.headers().add("OCI-Tag", tag));
        exchange.send(201, new byte[0]);
    }

    private static void requireTag(String tag) {
        if (!RegistryPath.TAG.matcher(tag).matches()) {
            throw new Refusal(DistributionError.TAG_INVALID, "invalid tag", tag);
        }
    }

    void delete(Exchange exchange, String repository, String reference) throws IOException {
        registry.requireDeletable();
        boolean removed = Digest.isDigest(reference)
                ? registry.catalogue().removeManifest(repository, reference)
                : registry.catalogue().removeTag(repository, reference);
        if (!removed) {
            throw unknown(repository, reference);
        }
        exchange.send(202, new byte[0]);
        registry.notifications().deleted(repository, reference);
    }
}
