package dev.naru.image;

import dev.naru.image.Images.Commit;
import dev.naru.oci.History;
import dev.naru.oci.ImageConfig;
import dev.naru.oci.Platform;
import dev.naru.oci.PlatformMatch;
import dev.naru.oci.Reference;
import dev.naru.oci.RootFs;
import dev.naru.store.BlobWriter;
import dev.naru.store.Leases.Lease;
import dev.naru.store.Store;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An image made here, from a file system or from a container's changes. */
final class NewImage {
    /** The tar stream of no changes: two empty blocks. */
    private static final String EMPTY_LAYER = "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";

    private final Commit commit;
    private final String created = Instant.now().toString();

    NewImage(Commit commit) {
        this.commit = commit;
    }

    /** Stores a tar as a blob as it is, unless it is compressed in a way that images are not; answers its digest. */
    static String storeTar(Store store, Lease lease, ReadableByteChannel tar, UnpackLimits limits) {
        try {
            var prefixed = PrefixedChannel.peek(tar, Compression.MAGIC);
            Compression compression = Compression.of(prefixed.prefix());
            return switch (compression) {
                case NONE, GZIP, ZSTD -> store(store, lease, prefixed);
                case BZIP2, XZ -> store(store, lease, BoundedChannel.of(compression, prefixed, limits));
            };
        } catch (IOException failure) {
            throw Failures.reading(failure);
        }
    }

    /** Stores a stream as a blob as it is; answers its digest. */
    static String store(Store store, Lease lease, ReadableByteChannel source) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(256 * 1024);
        try (BlobWriter writer = store.blobs().writer(lease)) {
            while (source.read(buffer.clear()) >= 0) {
                writer.write(buffer.flip());
            }
            return writer.commit(null);
        } catch (IOException failure) {
            throw Failures.reading(failure);
        }
    }

    /** Stores what is written as a blob; answers its digest. */
    static String store(Store store, Lease lease, Consumer<OutputStream> content) {
        try (BlobWriter writer = store.blobs().writer(lease)) {
            OutputStream out = writer.stream();
            content.accept(out);
            out.flush();
            return writer.commit(null);
        } catch (IOException failure) {
            throw Failures.reading(failure);
        }
    }

    /** The image with a new layer on those below; a layer without changes is left out, as Docker does. */
    ImagePlan plan(@Nullable Image base, List<String> below, String blob, String diffId) {
        boolean empty = diffId.equals(EMPTY_LAYER) && base != null;
        var layers = new ArrayList<>(below);
        var diffIds = new ArrayList<String>(
                base == null ? List.of() : base.config().rootfs().diffIds());
        if (!empty) {
            layers.add(blob);
            diffIds.add(diffId);
        }
        byte[] config = ImageJson.write(config(base, diffIds, empty));
        String reference = commit.reference();
        List<String> references = reference == null || reference.isEmpty()
                ? List.of()
                : List.of(Reference.parse(reference).tagged().toString());
        return new ImagePlan(config, layers, null, references);
    }

    private ImageConfig config(@Nullable Image base, List<String> diffIds, boolean empty) {
        Platform platform = platform(base);
        List<History> known = base == null ? null : base.config().history();
        var history = new ArrayList<History>(known == null ? List.of() : known);
        history.add(new History(
                created,
                nullIfEmpty(commit.createdBy()),
                nullIfEmpty(commit.author()),
                nullIfEmpty(commit.comment()),
                empty ? true : null));
        return new ImageConfig(
                created,
                nullIfEmpty(commit.author()),
                platform.architecture(),
                platform.os(),
                platform.osVersion(),
                platform.osFeatures(),
                platform.variant(),
                commit.config(),
                new RootFs("layers", diffIds),
                history,
                null,
                nullIfEmpty(commit.comment()),
                null);
    }

    private Platform platform(@Nullable Image base) {
        String wanted = commit.platform();
        if (wanted != null && !wanted.isEmpty()) {
            return PlatformMatch.parse(wanted);
        }
        if (base == null) {
            return PlatformMatch.host();
        }
        ImageConfig config = base.config();
        return new Platform(
                config.architecture(), config.os(), config.osVersion(), config.osFeatures(), config.variant());
    }

    private static @Nullable String nullIfEmpty(String text) {
        return text.isEmpty() ? null : text;
    }
}
