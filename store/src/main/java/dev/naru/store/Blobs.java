package dev.naru.store;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Digest;
import dev.naru.oci.DigestAlgorithm;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Blobs by digest, on disk as an OCI image layout (image-spec, image-layout.md). A blob is there in whole or not at
 * all: it is written beside and renamed.
 */
public final class Blobs {
    private static final String LAYOUT = "{\"imageLayoutVersion\":\"1.0.0\"}";

    private final Path root;
    private final Path blobs;
    private final Path ingest;
    /** Those that are written when somebody reads them, and those of them that are not yet safe on the disk. */
    private final Map<String, DeferredBlob> deferred = new ConcurrentHashMap<>();

    Blobs(Path root) {
        this.root = root;
        this.blobs = root.resolve("blobs");
        this.ingest = root.resolve("ingest");
        try {
            for (DigestAlgorithm each : DigestAlgorithm.values()) {
                Files.createDirectories(blobs.resolve(each.text()));
            }
            Files.createDirectories(ingest);
            if (!Files.exists(root.resolve("oci-layout"))) {
                replace("oci-layout", LAYOUT.getBytes(StandardCharsets.UTF_8));
            }
            discardUnfinished();
        } catch (IOException failure) {
            throw StoreFailure.of("cannot open the blob store " + root, failure);
        }
    }

    private void discardUnfinished() throws IOException {
        try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(ingest)) {
            for (Path each : unfinished) {
                if (!PartialBlob.isResumable(each)) {
                    Files.deleteIfExists(each);
                }
            }
        }
    }

    /** Files of blobs that are not whole yet. */
    public List<Path> unfinished() {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(ingest)) {
            var files = new ArrayList<Path>();
            all.forEach(files::add);
            return List.copyOf(files);
        } catch (DirectoryIteratorException failure) {
            throw StoreFailure.of("cannot list unfinished downloads", new IOException(failure));
        } catch (IOException failure) {
            throw StoreFailure.of("cannot list unfinished downloads", failure);
        }
    }

    /**
     * Removes what is left of downloads that nobody goes on with now.
     *
     * @return bytes that come back
     */
    long discardPartial(Leases leases) {
        long[] freed = new long[1];
        try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(ingest)) {
            for (Path each : unfinished) {
                PartialBlob.digestOf(each)
                        .ifPresent(digest -> leases.deleteUnleased(digest, () -> {
                            freed[0] += discard(each);
                        }));
            }
        } catch (IOException failure) {
            throw StoreFailure.of("cannot list unfinished downloads", failure);
        }
        return freed[0];
    }

    private static long discard(Path partial) {
        try {
            long size = Files.size(partial);
            return Files.deleteIfExists(partial) ? size : 0;
        } catch (IOException gone) {
            return 0;
        }
    }

    /** The layout's directory. */
    public Path root() {
        return root;
    }

    /** Where the blob is or would be. */
    public Path path(String digest) {
        Digest parsed = Digest.parse(digest);
        return blobs.resolve(parsed.algorithm().text()).resolve(parsed.hex());
    }

    /** Whether the blob is there, be it that it is written when somebody reads it. */
    public boolean exists(String digest) {
        return deferred.containsKey(digest) || Files.exists(path(digest));
    }

    /** Whether the blob is still to be written: reading it takes a while. */
    public boolean isDeferred(String digest) {
        return deferred.containsKey(digest) && !Files.exists(path(digest));
    }

    /** Has a blob written when somebody reads it, until {@link #settle} or {@link #delete}. */
    public void defer(String digest, DeferredBlob blob) {
        deferred.put(digest, blob);
    }

    /** A blob that was deferred has been written and is safe. */
    public void settle(String digest) {
        deferred.remove(digest);
    }

    private void make(String digest) {
        DeferredBlob blob = deferred.get(digest);
        if (blob == null) {
            return;
        }
        synchronized (blob) {
            if (Files.exists(path(digest))) {
                return;
            }
            Path beside = ingest.resolve(UUID.randomUUID().toString());
            try (var writer =
                    new BlobWriter(this, beside, null, Digest.parse(digest).algorithm())) {
                OutputStream out = writer.stream();
                blob.write(out);
                out.flush();
                writer.commit(digest);
            } catch (IOException failure) {
                throw StoreFailure.of("cannot write blob " + digest, failure);
            }
            blob.written();
        }
    }

    /** The blob's size in bytes, -1 when it does not exist. */
    public long size(String digest) {
        try {
            return Files.size(path(digest));
        } catch (NoSuchFileException absent) {
            DeferredBlob blob = deferred.get(digest);
            return blob == null ? -1 : blob.size();
        } catch (IOException failure) {
            throw StoreFailure.of("cannot read blob " + digest, failure);
        }
    }

    /**
     * Opens a blob for reading.
     *
     * @throws NaruException NOT_FOUND when it does not exist
     */
    public FileChannel open(String digest) {
        try {
            if (isDeferred(digest)) {
                make(digest);
            }
            return FileChannel.open(path(digest), StandardOpenOption.READ);
        } catch (NoSuchFileException absent) {
            throw new NaruException(ErrorKind.NOT_FOUND, "blob " + digest + " is missing", "", null, absent);
        } catch (IOException failure) {
            throw StoreFailure.of("cannot read blob " + digest, failure);
        }
    }

    /**
     * The whole of a small blob.
     *
     * @param limit the most bytes it may have
     * @throws NaruException NOT_FOUND when it does not exist, INVALID when it is larger
     */
    public byte[] read(String digest, long limit) {
        long size = size(digest);
        if (size > limit) {
            throw NaruException.invalid("blob " + digest + " has " + size + " bytes, more than " + limit);
        }
        try {
            if (isDeferred(digest)) {
                make(digest);
            }
            return Files.readAllBytes(path(digest));
        } catch (NoSuchFileException absent) {
            throw new NaruException(ErrorKind.NOT_FOUND, "blob " + digest + " is missing", "", null, absent);
        } catch (IOException failure) {
            throw StoreFailure.of("cannot read blob " + digest, failure);
        }
    }

    /** A path on the blobs' file system for a file that goes when the store opens next. */
    public Path temporary() {
        return ingest.resolve(UUID.randomUUID().toString());
    }

    /** Begins a blob; the lease holds it from the moment it is there. */
    public BlobWriter writer(Leases.Lease lease) {
        return writer(lease, DigestAlgorithm.SHA256);
    }

    /** Begins a blob with a digest of that algorithm. */
    public BlobWriter writer(Leases.Lease lease, DigestAlgorithm algorithm) {
        return new BlobWriter(this, ingest.resolve(UUID.randomUUID().toString()), lease, algorithm);
    }

    /**
     * Takes a file of this file system as a blob, by renaming it.
     *
     * @param digest the digest of its content, which the caller has made sure of
     */
    public void adopt(Path file, String digest, Leases.Lease lease) {
        lease.hold(digest);
        try {
            Files.move(file, path(digest), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failure) {
            throw StoreFailure.of("cannot store blob " + digest, failure);
        }
    }

    /**
     * Begins a blob of known digest and size whose bytes come in any order, or goes on with what an earlier one left.
     * One at a time for each digest.
     */
    public PartialBlob partial(String digest, long size) {
        return new PartialBlob(this, ingest, digest, size);
    }

    /** Stores a small blob; answers its digest. */
    public String put(byte[] content, Leases.Lease lease) {
        return put(content, Digest.of(content).toString(), lease);
    }

    /**
     * Stores a small blob by a digest of any algorithm; answers it.
     *
     * @throws NaruException INVALID when the content has another digest
     */
    public String put(byte[] content, String digest, Leases.Lease lease) {
        lease.hold(digest);
        if (size(digest) == content.length) {
            return digest;
        }
        try (BlobWriter writer = writer(lease, Digest.parse(digest).algorithm())) {
            writer.write(java.nio.ByteBuffer.wrap(content));
            return writer.commit(digest);
        }
    }

    /** Makes blobs durable; those that do not exist are passed over. */
    public void sync(Iterable<String> digests) {
        for (String digest : digests) {
            try (FileChannel file = FileChannel.open(path(digest), StandardOpenOption.WRITE)) {
                file.force(false);
            } catch (NoSuchFileException removed) {
                // It was removed meanwhile, so nobody asks for it.
            } catch (IOException failure) {
                throw StoreFailure.of("cannot write blob " + digest, failure);
            }
        }
        for (DigestAlgorithm each : DigestAlgorithm.values()) {
            try (FileChannel directory = FileChannel.open(blobs.resolve(each.text()), StandardOpenOption.READ)) {
                directory.force(true);
            } catch (IOException failure) {
                throw StoreFailure.of("cannot write the blobs", failure);
            }
        }
    }

    /** Whether the blob exists and its content has its digest; reads all of it. */
    public boolean isIntact(String digest) {
        DeferredBlob blob = deferred.get(digest);
        if (blob != null && isDeferred(digest)) {
            return isIntact(digest, blob);
        }
        java.nio.ByteBuffer buffer = java.nio.ByteBuffer.allocateDirect(256 * 1024);
        try (FileChannel file = FileChannel.open(path(digest), StandardOpenOption.READ);
                var hash = RunningDigest.like(digest)) {
            while (file.read(buffer.clear()) >= 0) {
                hash.update(buffer.flip());
            }
            return digest.equals(hash.digest());
        } catch (IOException unreadable) {
            return false;
        }
    }

    private static boolean isIntact(String digest, DeferredBlob blob) {
        try (var hash = RunningDigest.like(digest)) {
            blob.write(new OutputStream() {
                @Override
                public void write(int octet) {
                    hash.update(new byte[] {(byte) octet}, 0, 1);
                }

                @Override
                public void write(byte[] bytes, int offset, int length) {
                    hash.update(bytes, offset, length);
                }
            });
            return digest.equals(hash.digest());
        } catch (IOException | NaruException unreadable) {
            return false;
        }
    }

    /** Removes a blob; whether there was one. */
    public boolean delete(String digest) {
        try {
            DeferredBlob blob = deferred.remove(digest);
            if (blob != null) {
                blob.removed();
            }
            return Files.deleteIfExists(path(digest)) || blob != null;
        } catch (IOException failure) {
            throw StoreFailure.of("cannot remove blob " + digest, failure);
        }
    }

    /** The digests of all blobs. */
    public List<String> list() {
        var digests = new LinkedHashSet<String>(deferred.keySet());
        for (DigestAlgorithm each : DigestAlgorithm.values()) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(blobs.resolve(each.text()))) {
                for (Path file : files) {
                    String digest = each.prefix() + file.getFileName();
                    if (Digest.isDigest(digest)) {
                        digests.add(digest);
                    }
                }
            } catch (IOException failure) {
                throw StoreFailure.of("cannot list the blobs", failure);
            }
        }
        return List.copyOf(digests);
    }

    /** Replaces the layout's index. */
    public void writeIndex(byte[] index) {
        try {
            replace("index.json", index);
        } catch (IOException failure) {
            throw StoreFailure.of("cannot write the index of " + root, failure);
        }
    }

    private void replace(String name, byte[] content) throws IOException {
        Path beside = ingest.resolve(UUID.randomUUID().toString());
        try {
            Files.write(beside, content);
            Files.move(beside, root.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(beside);
        }
    }
}
