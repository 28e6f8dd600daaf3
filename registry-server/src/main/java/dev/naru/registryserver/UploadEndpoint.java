package dev.naru.registryserver;

import static java.util.Objects.requireNonNull;

import dev.naru.http.Exchange;
import dev.naru.oci.Digest;
import dev.naru.oci.DigestAlgorithm;
import dev.naru.store.Leases.Lease;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Blobs on their way in (distribution-spec, Pushing Blobs, Mounting a blob from another repository). */
final class UploadEndpoint {
    private static final Pattern RANGE = Pattern.compile("(?:bytes[= ])?([0-9]{1,18})-([0-9]{1,18})(?:/.*)?");

    private final Registry registry;

    UploadEndpoint(Registry registry) {
        this.registry = requireNonNull(registry, "registry");
    }

    /** The repository that a request wants to mount a blob from; null for none. */
    static @Nullable String mountSource(Exchange exchange) {
        String from = exchange.request().query().get("from");
        return exchange.request().query().has("mount") && from != null && !from.isEmpty()
                ? RegistryPath.repository(from)
                : null;
    }

    /** @param mayMount whether the caller may read the repository that it wants to mount from */
    void begin(Exchange exchange, String repository, boolean mayMount) throws IOException {
        registry.requireWritable();
        String mount = exchange.request().query().get("mount");
        String from = mountSource(exchange);
        if (mount != null && from != null && mayMount && mounted(repository, from, BlobEndpoint.digest(mount))) {
            created(exchange, repository, mount);
            return;
        }
        String id = registry.uploads().begin(repository);
        String digest = exchange.request().query().get("digest");
        if (digest != null) {
            UploadSession session = registry.uploads().get(repository, id);
            try {
                BlobEndpoint.digest(digest);
                session.expect(Digest.parse(digest).algorithm());
                session.append(exchange.request().body(), announced(exchange), -1, allowance(repository));
                complete(exchange, repository, id, session, digest);
            } catch (IOException | RuntimeException failure) {
                // The client has no name of this upload to go on with.
                registry.uploads().end(id);
                throw failure;
            }
            return;
        }
        expectAlgorithm(exchange, repository, id);
        progress(exchange, repository, id, 0);
        exchange.send(202, new byte[0]);
    }

    /** A client may say beforehand how its digest is made, so that the content is hashed once. */
    private void expectAlgorithm(Exchange exchange, String repository, String id) throws IOException {
        String name = exchange.request().query().get("digest-algorithm");
        if (name == null) {
            return;
        }
        DigestAlgorithm algorithm = DigestAlgorithm.named(name);
        if (algorithm == null) {
            registry.uploads().end(id);
            throw new Refusal(
                    DistributionError.DIGEST_INVALID, "unsupported digest algorithm; sha256 and sha512 are", name);
        }
        registry.uploads().get(repository, id).expect(algorithm);
    }

    private boolean mounted(String repository, String from, String digest) {
        try (Lease lease = registry.leases().open()) {
            lease.hold(digest);
            long size = registry.blobs().size(digest);
            if (size < 0 || !registry.catalogue().isLinked(from, digest)) {
                return false;
            }
            registry.catalogue().link(repository, digest, size);
            registry.metrics().mounted();
            return true;
        }
    }

    private long allowance(String repository) {
        long quota = registry.config().quota();
        return quota == 0 ? Long.MAX_VALUE : quota - registry.catalogue().size(repository);
    }

    void chunk(Exchange exchange, String repository, String id) throws IOException {
        registry.requireWritable();
        UploadSession session = registry.uploads().get(repository, id);
        append(exchange, repository, id, session);
        progress(exchange, repository, id, session.size());
        exchange.send(202, new byte[0]);
    }

    private void append(Exchange exchange, String repository, String id, UploadSession session) throws IOException {
        try {
            session.append(exchange.request().body(), announced(exchange), start(exchange), allowance(repository));
        } catch (Refusal refusal) {
            if (refusal.error() == DistributionError.RANGE_INVALID) {
                progress(exchange, repository, id, session.size());
            }
            if (refusal.error() == DistributionError.UNAVAILABLE) {
                // A full disk: what it has of this upload comes back.
                registry.uploads().end(id);
            }
            throw refusal;
        }
    }

    /** The body's length where the client tells it; -1 of one that comes in chunks. */
    private static long announced(Exchange exchange) {
        String length = exchange.request().headers().get("Content-Length");
        return length == null ? -1 : Long.parseLong(length);
    }

    private static long start(Exchange exchange) {
        String header = exchange.request().headers().get("Content-Range");
        if (header == null) {
            return -1;
        }
        Matcher range = RANGE.matcher(header);
        if (!range.matches()) {
            throw new Refusal(DistributionError.BLOB_UPLOAD_INVALID, "malformed Content-Range", header);
        }
        long first = Long.parseLong(range.group(1));
        long length = Long.parseLong(range.group(2)) - first + 1;
        String announced = exchange.request().headers().get("Content-Length");
        if (length <= 0 || (announced != null && !announced.equals(Long.toString(length)))) {
            throw new Refusal(
                    DistributionError.SIZE_INVALID, "Content-Range and Content-Length do not fit together", header);
        }
        return first;
    }

    void finish(Exchange exchange, String repository, String id) throws IOException {
        registry.requireWritable();
        UploadSession session = registry.uploads().get(repository, id);
        String digest = exchange.request().query().get("digest");
        if (digest == null) {
            throw new Refusal(DistributionError.DIGEST_INVALID, "the parameter digest is missing", null);
        }
        BlobEndpoint.digest(digest);
        session.expect(Digest.parse(digest).algorithm());
        append(exchange, repository, id, session);
        complete(exchange, repository, id, session, digest);
    }

    private void complete(Exchange exchange, String repository, String id, UploadSession session, String digest)
            throws IOException {
        long size = session.size();
        String actual = session.finish();
        if (!actual.equals(digest)) {
            registry.uploads().end(id);
            throw new Refusal(DistributionError.DIGEST_INVALID, "the content has the digest " + actual, digest);
        }
        try (Lease lease = registry.leases().open()) {
            registry.blobs().put(session.file(), digest, lease);
            registry.catalogue().link(repository, digest, size);
        }
        registry.uploads().end(id);
        registry.metrics().received(size);
        created(exchange, repository, digest);
    }

    void status(Exchange exchange, String repository, String id) throws IOException {
        progress(
                exchange, repository, id, registry.uploads().get(repository, id).size());
        exchange.send(204, new byte[0]);
    }

    void cancel(Exchange exchange, String repository, String id) throws IOException {
        registry.uploads().get(repository, id);
        registry.uploads().end(id);
        exchange.send(204, new byte[0]);
    }

    private static void progress(Exchange exchange, String repository, String id, long size) {
        exchange.headers()
                .set("Location", "/v2/" + repository + "/blobs/uploads/" + id)
                .set("Docker-Upload-UUID", id)
                // An empty upload has no last byte; clients know this form.
                .set("Range", "0-" + Math.max(0, size - 1));
    }

    private static void created(Exchange exchange, String repository, String digest) throws IOException {
        exchange.headers()
                .set("Location", "/v2/" + repository + "/blobs/" + digest)
                .set("Docker-Content-Digest", Digest.parse(digest).toString());
        exchange.send(201, new byte[0]);
    }
}
