package dev.naru.registryserver;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Digest;
import dev.naru.registry.Incoming;
import dev.naru.store.Leases;
import dev.naru.store.Leases.Lease;
import dev.naru.store.RunningDigest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
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

    /** Without a byte in between; each is several attempts to connect. */
    private static final int ATTEMPTS = 3;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

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
            incoming = first(repository, download);
            download.begin(incoming.size());
        } catch (IOException | RuntimeException failure) {
            running.remove(download.digest(), download);
            download.fail(failure);
            throw failure;
        }
        Thread.ofVirtual().name("fetch " + download.digest()).start(() -> fetch(repository, download, incoming));
    }

    /** From the beginning, or from where the last download of the blob was cut. */
    private Incoming first(String repository, Download download) throws IOException {
        long kept = download.kept();
        if (kept > 0) {
            long size = upstream.blobSize(repository, download.digest());
            if (kept < size) {
                return upstream.blob(repository, download.digest(), kept, size);
            }
            if (kept == size) {
                return new Incoming(size, InputStream.nullInputStream());
            }
            download.discard();
        }
        return upstream.blob(repository, download.digest());
    }

    private void fetch(String repository, Download download, Incoming incoming) {
        try (var hash = RunningDigest.like(download.digest())) {
            receive(repository, download, hash, incoming);
            download.verify(hash);
            try (Lease lease = leases.open()) {
                blobs.put(download.file(), download.digest(), lease);
                catalogue.link(repository, download.digest(), download.size());
            }
            download.discard();
            download.succeed();
        } catch (IOException | RuntimeException failure) {
            LOG.log(System.Logger.Level.WARNING, "cannot fetch blob " + download.digest(), failure);
            if (failure instanceof Download.Unusable) {
                discardQuietly(download);
            }
            download.fail(failure);
        } finally {
            running.remove(download.digest(), download);
            download.close();
        }
    }

    private static void discardQuietly(Download download) {
        try {
            download.discard();
        } catch (IOException failure) {
            LOG.log(System.Logger.Level.WARNING, "cannot remove what came of blob " + download.digest(), failure);
        }
    }

    /** Receives all of it; a connection that breaks is followed by another, which goes on where it was. */
    private void receive(String repository, Download download, RunningDigest hash, Incoming first) throws IOException {
        try (var content = first.content()) {
            download.takeKept(hash);
            download.receive(content, hash);
        } catch (Download.Unusable lost) {
            throw lost;
        } catch (IOException cut) {
            LOG.log(System.Logger.Level.DEBUG, "the upstream cut blob {0}: {1}", download.digest(), cut.getMessage());
        }
        long before = download.received();
        for (int attempt = 1; !download.isWhole(); attempt++) {
            if (attempt >= ATTEMPTS) {
                throw new IOException("the upstream cut blob " + download.digest() + " after " + download.received()
                        + " of " + download.size() + " bytes");
            }
            pause(attempt);
            more(repository, download, hash);
            attempt = download.received() > before ? 0 : attempt;
            before = download.received();
        }
    }

    private void more(String repository, Download download, RunningDigest hash) throws IOException {
        try {
            Incoming rest = upstream.blob(repository, download.digest(), download.received(), download.size());
            try (var content = rest.content()) {
                download.receive(content, hash);
            }
        } catch (Download.Unusable lost) {
            throw lost;
        } catch (IOException cut) {
            LOG.log(System.Logger.Level.DEBUG, "the upstream cut blob {0}: {1}", download.digest(), cut.getMessage());
        } catch (NaruException failure) {
            if (failure.kind() != ErrorKind.UNAVAILABLE) {
                throw failure;
            }
        }
    }

    private static void pause(int attempt) throws IOException {
        try {
            Thread.sleep(FIRST_PAUSE.multipliedBy(1L << attempt));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    void close() {
        upstream.close();
    }
}
