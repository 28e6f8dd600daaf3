package dev.naru.image;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.Images.Progress;
import dev.naru.linux.FileCalls;
import dev.naru.oci.Digest;
import dev.naru.store.BlobWriter;
import dev.naru.store.Leases.Lease;
import dev.naru.store.Store;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The members of an image archive, taken from its stream in whatever order they come: small JSON in memory, all else as
 * blobs. A member that looks like a layer is extracted at once on another thread, while the next one is being read.
 */
final class Spool {
    private static final int MOST_MEMBERS = 100_000;
    private static final long MOST_JSON = 256L * 1024 * 1024;

    private final Store store;
    private final Lease lease;
    private final Extractions extractions;
    private final Consumer<Progress> progress;
    private final Map<String, String> blobs = new HashMap<>();
    private final Map<String, byte[]> small = new HashMap<>();
    private final Map<String, String> links = new HashMap<>();
    private long smallSize;

    Spool(Store store, Lease lease, Extractions extractions, Consumer<Progress> progress) {
        this.store = store;
        this.lease = lease;
        this.extractions = extractions;
        this.progress = progress;
    }

    /** Reads the whole archive. */
    void read(TarReader tar) {
        int members = 0;
        for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
            if (++members > MOST_MEMBERS) {
                throw NaruException.invalid("invalid image archive: more than " + MOST_MEMBERS + " members");
            }
            String path = LayerPath.of(entry.name()).path();
            switch (entry.type()) {
                case FILE -> file(path, entry, tar);
                case SYMBOLIC_LINK -> links.put(path, beside(path, entry.link()));
                case HARD_LINK -> links.put(path, LayerPath.of(entry.link()).path());
                case DIRECTORY, FIFO, CHARACTER_DEVICE, BLOCK_DEVICE -> {}
            }
        }
    }

    private static String beside(String path, String link) {
        String parent = LayerPath.of(path).parent();
        return LayerPath.of(link.startsWith("/") || parent.isEmpty() ? link : parent + "/" + link)
                .path();
    }

    private void file(String path, TarEntry entry, TarReader tar) {
        if (isSmall(path, entry.size())) {
            byte[] content = tar.content(ImageJson.LIMIT, "\"" + FileCalls.text(path) + "\"");
            smallSize += content.length;
            if (smallSize > MOST_JSON) {
                throw NaruException.invalid("invalid image archive: too much JSON");
            }
            small.put(path, content);
            return;
        }
        try (BlobWriter writer = writer(path)) {
            ByteBuffer piece = tar.data();
            boolean layer = piece != null && looksLikeLayer(piece);
            long nextReport = 0;
            for (; piece != null; piece = tar.data()) {
                writer.write(piece);
                if (layer && writer.size() >= nextReport) {
                    progress.accept(new Progress(shortName(path), "Loading layer", writer.size(), entry.size()));
                    nextReport = writer.size() + entry.size() / 20 + 1;
                }
            }
            String digest = writer.commit(expected(path));
            blobs.put(path, digest);
            if (layer) {
                extractions.begin(digest);
            }
        }
    }

    /** JSON by its name or, in an image layout, by its size: manifests and configurations have no other mark there. */
    private static boolean isSmall(String path, long size) {
        boolean named = path.endsWith(".json")
                || path.endsWith("/json")
                || path.endsWith("VERSION")
                || path.equals("repositories")
                || path.equals("oci-layout");
        boolean anyJson = named || path.startsWith("blobs/");
        return (anyJson && size <= 64 * 1024) || (named && path.indexOf('/') < 0);
    }

    private static boolean looksLikeLayer(ByteBuffer start) {
        if (Compression.of(start) != Compression.NONE) {
            return true;
        }
        byte[] magic = "ustar".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < magic.length; i++) {
            if (start.remaining() < 512 || start.get(start.position() + 257 + i) != magic[i]) {
                return false;
            }
        }
        return true;
    }

    private BlobWriter writer(String path) {
        String expected = expected(path);
        return expected == null
                ? store.blobs().writer(lease)
                : store.blobs().writer(lease, Digest.parse(expected).algorithm());
    }

    /** Members of an image layout are named by their digest. */
    private static @Nullable String expected(String path) {
        if (!path.startsWith("blobs/")) {
            return null;
        }
        String digest = path.substring("blobs/".length()).replace('/', ':');
        return Digest.isDigest(digest) ? digest : null;
    }

    private static String shortName(String path) {
        String name = path.endsWith("/layer.tar") ? path.substring(0, path.length() - "/layer.tar".length()) : path;
        String last = name.substring(name.lastIndexOf('/') + 1);
        return last.length() > 12 ? last.substring(0, 12) : last;
    }

    /** The small member at a path, links followed. */
    Optional<byte[]> small(String path) {
        String at = resolve(path);
        byte[] content = small.get(at);
        if (content == null && blobs.containsKey(at)) {
            content = store.blobs().read(blobs.get(at), ImageJson.LIMIT);
        }
        return Optional.ofNullable(content);
    }

    /** The small member of a digest in an image layout. */
    byte[] json(String digest, String what) {
        Digest parsed = Digest.parse(digest);
        String path = parsed.layoutPath();
        byte[] content = small(path).orElseThrow(() -> missing(what + " " + digest));
        if (!parsed.matches(content)) {
            throw NaruException.invalid("invalid image archive: " + what + " " + digest + " has another digest");
        }
        return content;
    }

    /** The digest of the member at a path, which is a blob then, links followed. */
    String blob(String path) {
        String at = resolve(path);
        String digest = blobs.get(at);
        if (digest != null) {
            return digest;
        }
        byte[] content = small.get(at);
        if (content == null) {
            throw missing("\"" + FileCalls.text(path) + "\"");
        }
        digest = store.blobs().put(content, lease);
        blobs.put(at, digest);
        return digest;
    }

    /** Bytes of a blob. */
    long size(String blob) {
        return store.blobs().size(blob);
    }

    boolean has(String path) {
        String at = resolve(path);
        return blobs.containsKey(at) || small.containsKey(at);
    }

    java.util.Set<String> smallPaths() {
        return small.keySet();
    }

    private String resolve(String path) {
        String at = LayerPath.of(path).path();
        for (int i = 0; i < 8; i++) {
            String next = links.get(at);
            if (next == null) {
                return at;
            }
            at = next;
        }
        return at;
    }

    private static NaruException missing(String what) {
        return new NaruException(ErrorKind.INVALID, "invalid image archive", what + " is missing", null);
    }
}
