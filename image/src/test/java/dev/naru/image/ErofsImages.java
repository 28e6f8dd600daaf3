package dev.naru.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/** EROFS images of tar archives for tests. */
final class ErofsImages {
    static final int MOST_FILES = 100_000;

    private ErofsImages() {}

    /** Writes an archive's image. */
    static ErofsLayer.Result write(Path file, int blockBits, byte[] archive) {
        try (var layer = new ErofsLayer(file, blockBits, MOST_FILES);
                var tar = new TarReader(Channels.newChannel(new ByteArrayInputStream(archive)))) {
            return layer.write(tar);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (ErofsLayer.TooManyFiles many) {
            throw new IllegalStateException(many);
        }
    }

    /** Runs with an image mounted beside its file. */
    static <T> T mounted(ErofsMount mount, Path file, Function<Path, T> work) {
        try {
            Path mountpoint = Files.createTempDirectory(file.toAbsolutePath().getParent(), "mounted");
            mount.mount(file, mountpoint);
            try {
                return work.apply(mountpoint);
            } finally {
                ErofsMount.unmount(mountpoint);
                Files.delete(mountpoint);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
