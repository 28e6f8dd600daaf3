package dev.naru.registryserver;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Digest;
import dev.naru.registry.Incoming;
import dev.naru.store.Leases;
import dev.naru.store.Leases.Lease;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps what clients pull of another registry. A tag is asked for there each time, and served from here when the other
 * one cannot be reached; a blob travels once, however many clients ask for it meanwhile.
 */
final class PullThrough {
    private static final System.Logger LOG = System.getLogger("naru.registryserver");

    private final Upstream upstream;
    private final Catalogue catalogue;
    private final BlobBackend blobs;
    private final Leases leases;
    private final Path directory;
    private final Map<String, Download> running = new ConcurrentHashMap<>();

    PullThrough(Upstream upstream, Catalogue catalogue, BlobBackend blobs, Leases leases, Path directory) {
        this.upstream = requireNonNull(upstream, "upstream");
        this.catalogue = requireNonNull(catalogue, "catalogue");
        this.blobs = requireNonNull(blobs, "blobs");
        this.leases = requireNonNull(leases, "leases");
        this.directory = requireNonNull(directory, "directory");
    }

    /** A manifest by tag or digest. */
    Optional<StoredManifest> manifest(String repository, String reference) {
        Optional<StoredManifest> kept = catalogue.find(repository, reference);
        if (kept.isPresent() && Digest.isDigest(reference)) {
            return kept;
        }
        try {
            if (kept.isPresent()
                    && upstream.resolve(repository, reference)
                            .filter(kept.get().digest()::equals)
                            .isPresent()) {
                return kept;
            }
            return upstream.manifest(repository, reference).map(fetched -> keep(repository, reference, fetched));
        } catch (NaruException failure) {
            if (failure.kind() == ErrorKind.UNAVAILABLE && kept.isPresent()) {
                LOG.log(System.Logger.Level.WARNING, "serving from the cache: {0}", failure.getMessage());
                return kept;
            }
            throw failure;
        }
    }

    private StoredManifest keep(String repository, String reference, Upstream.Fetched fetched) {
        StoredManifest manifest =
                ManifestReader.read(fetched.content(), Digest.parse(fetched.digest()), fetched.mediaType());
        try (Lease lease = leases.open()) {
            blobs.put(fetched.content(), fetched.digest(), lease);
            blobs.sync(List.of(manifest.digest()));
            catalogue.addIncomplete(repository, manifest, Digest.isDigest(reference) ? List.of() : List.of(reference));
        }
        return manifest;
    }

    long blobSize(String repository, String digest) {
        return upstream.blobSize(repository, digest);
    }

    List<String> tags(String repository) {
        return upstream.tags(repository).stream().sorted().toList();
    }

    /** A blob on its way; one that is travelling already is shared. */
    Download blob(String repository, String digest) throws IOException {
        while (true) {
            Download[] begun = new Download[1];
            Download download = running.computeIfAbsent(digest, key -> {
                begun[0] = new Download(directory, key);
                return begun[0];
            });
            if (begun[0] != null) {
                begin(repository, begun[0]);
                return begun[0];
            }
            if (download.join()) {
                return download;
            }
        }
    }

    private void begin(String repository, Download download) throws IOException {
        Incoming incoming;
        try {
            incoming = upstream.blob(repository, download.digest());
        } catch (IOException | RuntimeException failure) {
            running.remove(download.digest(), download);
            download.fail(failure);
            throw failure;
        }
        download.begin(incoming.size());
        Thread.ofVirtual().name("fetch " + download.digest()).start(() -> fetch(repository, download, incoming));
    }

    private void fetch(String repository, Download download, Incoming incoming) {
        try (var content = incoming.content()) {
            download.receive(content);
            try (Lease lease = leases.open()) {
                blobs.put(download.file(), download.digest(), lease);
                catalogue.link(repository, download.digest(), download.size());
            }
            download.succeed();
        } catch (IOException | RuntimeException failure) {
            LOG.log(System.Logger.Level.WARNING, "cannot fetch blob " + download.digest(), failure);
            download.fail(failure);
        } finally {
            running.remove(download.digest(), download);
            download.close();
        }
    }

    void close() {
        upstream.close();
    }
}
