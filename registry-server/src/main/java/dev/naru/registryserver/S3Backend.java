package dev.naru.registryserver;

import static java.util.Objects.requireNonNull;

import dev.naru.oci.Digest;
import dev.naru.oci.DigestAlgorithm;
import dev.naru.store.Collector;
import dev.naru.store.Leases.Lease;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Blobs in a bucket, under the same names as in an OCI image layout. The bucket gets nothing that has not been verified:
 * an upload is a local file until its digest is known. An object is there whole or not at all, and durable with the
 * bucket's answer.
 */
final class S3Backend implements BlobBackend {
    /** Sizes known without a question; a blob's size never changes. */
    private static final int SIZES = 16_384;

    private static final Duration ABANDONED = Duration.ofHours(24);

    private final S3Bucket bucket;
    private final Collector collector;
    private final boolean redirect;
    private final Map<String, Long> sizes = new ConcurrentHashMap<>();

    S3Backend(S3Config config, Collector collector) {
        this.collector = requireNonNull(collector, "collector");
        this.redirect = config.redirect();
        this.bucket = new S3Bucket(config);
    }

    private static String key(String digest) {
        return Digest.parse(digest).layoutPath();
    }

    @Override
    public long size(String digest) {
        Long known = sizes.get(digest);
        if (known != null) {
            return known;
        }
        long size = bucket.size(key(digest));
        if (size >= 0) {
            remember(digest, size);
        }
        return size;
    }

    private void remember(String digest, long size) {
        if (sizes.size() >= SIZES) {
            sizes.clear();
        }
        sizes.put(digest, size);
    }

    @Override
    public BlobContent open(String digest) {
        return new S3Content(bucket, key(digest));
    }

    @Override
    public Optional<URI> elsewhere(String digest) {
        return redirect ? Optional.of(bucket.signedUrl(key(digest))) : Optional.empty();
    }

    @Override
    public void put(Path file, String digest, Lease lease) throws IOException {
        lease.hold(digest);
        long size = Files.size(file);
        if (bucket.size(key(digest)) != size) {
            bucket.put(key(digest), file, size);
        }
        remember(digest, size);
    }

    @Override
    public void put(byte[] content, String digest, Lease lease) {
        lease.hold(digest);
        if (bucket.size(key(digest)) != content.length) {
            bucket.put(key(digest), content);
        }
        remember(digest, content.length);
    }

    @Override
    public void sync(Iterable<String> digests) {
        // The bucket has answered that it has them.
    }

    @Override
    public Collected collect(Supplier<Set<String>> kept) {
        bucket.abortUploads(ABANDONED);
        long[] bytes = new long[1];
        Map<String, Long> all = bucket.list("blobs/");
        Map<String, String> keys = new ConcurrentHashMap<>();
        for (String key : all.keySet()) {
            digest(key).ifPresent(digest -> keys.put(digest, key));
        }
        Set<String> removed = collector.collect(keys.keySet(), kept, digest -> List.of(), digest -> {
            sizes.remove(digest);
            bucket.delete(requireNonNull(keys.get(digest)));
            bytes[0] += all.getOrDefault(requireNonNull(keys.get(digest)), 0L);
        });
        return new Collected(removed.size(), bytes[0]);
    }

    private static Optional<String> digest(String key) {
        for (DigestAlgorithm each : DigestAlgorithm.values()) {
            String directory = "blobs/" + each.text() + "/";
            if (key.startsWith(directory)) {
                return Optional.of(each.prefix() + key.substring(directory.length()))
                        .filter(Digest::isDigest);
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        bucket.close();
    }
}
