package dev.naru.image;

import dev.naru.linux.Descriptor;
import dev.naru.linux.LinuxException;
import dev.naru.linux.Sha256;
import dev.naru.store.Blobs;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Turns blobs into layers on disk, of one format. */
final class LayerUnpacker {
    /** An image's names take memory while it is written; a layer with more becomes files, in whatever memory there is. */
    private static final int MOST_FILES = 300_000;

    private final Blobs blobs;
    private final Path root;
    private final LayerMounts mounts;
    private final LayerFormat format;
    private final UnpackLimits limits;

    LayerUnpacker(Blobs blobs, Path root, LayerMounts mounts, LayerFormat format, UnpackLimits limits) {
        this.blobs = blobs;
        this.root = root;
        this.mounts = mounts;
        this.format = format;
        this.limits = limits;
    }

    /** Where a layer's bytes come from, from the beginning each time. */
    interface Source {
        ReadableByteChannel open() throws IOException;
    }

    /** Unpacks a blob, compressed or not, into an empty directory or the file beside it. */
    ExtractedLayer unpack(String blob, String directory) throws IOException {
        return unpack(blob, () -> blobs.open(blob), directory);
    }

    /**
     * The same for a blob that is on its way. What it makes counts when the blob has been verified.
     *
     * @param blob its digest
     */
    ExtractedLayer unpack(String blob, Source source, String directory) throws IOException {
        if (format == LayerFormat.EROFS) {
            try {
                return unpack(blob, source, directory, this::image);
            } catch (ErofsLayer.TooManyFiles many) {
                Files.delete(mounts.file(directory));
            }
        }
        try {
            return unpack(blob, source, directory, this::files);
        } catch (ErofsLayer.TooManyFiles impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private interface Target {
        ExtractedLayer write(ReadableByteChannel plain, String directory) throws IOException, ErofsLayer.TooManyFiles;
    }

    private ExtractedLayer unpack(String blob, Source source, String directory, Target target)
            throws IOException, ErofsLayer.TooManyFiles {
        try (ReadableByteChannel opened = source.open()) {
            PrefixedChannel file = PrefixedChannel.peek(opened, Compression.MAGIC);
            Compression compression = Compression.of(file.prefix());
            if (compression == Compression.NONE) {
                return target.write(file, directory).withDiffId(blob);
            }
            try (var hash = new Sha256();
                    var plain = new ReadAheadChannel(BoundedChannel.of(compression, file, limits), hash)) {
                ExtractedLayer written = target.write(plain, directory);
                return written.withDiffId("sha256:" + hash.hex());
            }
        }
    }

    private ExtractedLayer files(ReadableByteChannel plain, String directory) {
        Descriptor target =
                Descriptor.open(root.resolve(directory).toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0);
        try (var extractor = new LayerExtractor(target, true);
                var tar = new TarReader(plain, limits.files())) {
            LayerExtractor.Result result = extractor.extract(tar);
            tar.drain();
            Map<String, Long> implicit = new HashMap<>();
            result.implicit().forEach(path -> implicit.put(path, 0L));
            return new ExtractedLayer(directory, "", result.size(), implicit, LayerFormat.DIRECTORY);
        }
    }

    private ExtractedLayer image(ReadableByteChannel plain, String directory)
            throws IOException, ErofsLayer.TooManyFiles {
        try (var layer = new ErofsLayer(mounts.file(directory), mounts.way().blockBits(), MOST_FILES);
                var tar = new TarReader(plain, limits.files())) {
            ErofsLayer.Result result = layer.write(tar);
            tar.drain();
            return new ExtractedLayer(directory, "", result.size(), result.implicit(), LayerFormat.EROFS);
        }
    }

    /** Gives undescribed directories the attributes of the layers below. */
    void inherit(ExtractedLayer extracted, java.util.List<Path> below) {
        if (extracted.implicit().isEmpty() || below.isEmpty()) {
            return;
        }
        Path directory = root.resolve(extracted.directory());
        try (var calls = new dev.naru.linux.FileCalls();
                var lower = new LowerLayers(calls, below)) {
            switch (extracted.format()) {
                case EROFS ->
                    ErofsInode.inherit(mounts.file(extracted.directory()), extracted.implicit(), calls, lower);
                case DIRECTORY -> {
                    try (var target =
                            Descriptor.open(directory.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
                        for (String path :
                                new java.util.TreeSet<>(extracted.implicit().keySet())) {
                            lower.copyDirectoryAttributes(path, target.number(), path.isEmpty() ? "." : path);
                        }
                    }
                }
            }
        } catch (LinuxException failure) {
            throw Failures.of("cannot make a layer", failure);
        } catch (IOException failure) {
            throw Failures.of("cannot make a layer", failure);
        }
    }
}
