package dev.naru.image;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.FileCalls;
import dev.naru.linux.LinuxException;
import dev.naru.store.DeferredBlob;
import dev.naru.store.Store;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * Blobs of large layers that builds made. Such a layer's digest is computed; its blob is written when a push, a save or
 * an export reads it, from the layer's directory, which never changes. An image layout may miss blobs that can be had
 * from elsewhere (image-spec, image-layout.md, Blobs).
 */
final class DeferredLayers {
    /** Layers with fewer bytes are written at once. */
    static final long SMALLEST = 64L << 20;

    private final Store store;
    private final LayerStore layers;
    private final LayerFiles files;
    private final Consumer<String> written;
    private final HashStates states = new HashStates();

    /** @param written is told what has become a file and is not safe from the machine's death yet */
    DeferredLayers(Store store, LayerStore layers, LayerFiles files, Consumer<String> written) {
        this.store = store;
        this.layers = layers;
        this.files = files;
        this.written = written;
    }

    /** Takes up what an earlier engine has put off. */
    void open() {
        store.database().read(in -> in.list(DeferredLayer.KIND)).forEach(each -> {
            DeferredLayer layer = ImageJson.read(DeferredLayer.class, each.body(), "deferred layer " + each.id());
            defer(layer);
            Path file = store.blobs().path(layer.digest());
            if (!Files.exists(file)) {
                return;
            }
            // It may not have reached the disk when the machine died.
            if (store.blobs().isIntact(layer.digest())) {
                written.accept(layer.digest());
            } else {
                delete(file);
            }
        });
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException failure) {
            throw Failures.of("cannot remove " + file, failure);
        }
    }

    /** The digest of a layer's tar stream, and with it the promise of its blob if none is there. */
    String promise(StoredLayer layer) {
        try (var calls = new FileCalls();
                var lower = new LowerLayers(calls, below(layer));
                var digest = new LayerDigest()) {
            new LayerDiff(calls, lower, digest)
                    .digest(layers.root().resolve(layer.directory()), digest, files.of(layer.directory()), states);
            var deferred = new DeferredLayer(digest.digest(), digest.size(), layer.directory());
            if (!store.blobs().exists(deferred.digest())) {
                store.database().write(in -> {
                    in.put(DeferredLayer.KIND, deferred.digest(), ImageJson.write(deferred));
                    return true;
                });
                defer(deferred);
            }
            return deferred.digest();
        } catch (LinuxException failure) {
            throw Failures.of("cannot read a layer", failure);
        } catch (IOException failure) {
            throw Failures.reading(failure);
        }
    }

    private List<Path> below(StoredLayer layer) {
        return layer.parent().isEmpty() ? List.of() : layers.directories(layer.parent());
    }

    private void defer(DeferredLayer layer) {
        store.blobs().defer(layer.digest(), new DeferredBlob() {
            @Override
            public long size() {
                return layer.size();
            }

            @Override
            public void write(OutputStream out) {
                DeferredLayers.this.write(layer, out);
            }

            @Override
            public void written() {
                written.accept(layer.digest());
            }

            @Override
            public void removed() {
                forget(layer.digest());
            }
        });
    }

    private void write(DeferredLayer deferred, OutputStream out) {
        StoredLayer source = layers.all().stream()
                .filter(layer -> layer.diffId().equals(deferred.digest()) && !layer.isImage())
                .sorted((a, b) -> Boolean.compare(isOf(b, deferred), isOf(a, deferred)))
                .findFirst()
                .orElseThrow(() -> new NaruException(
                        ErrorKind.NOT_FOUND,
                        "cannot write blob " + deferred.digest(),
                        "the layer that it is made from is missing",
                        "build the image again"));
        write(layers.root().resolve(source.directory()), below(source), source.size(), out);
    }

    private static boolean isOf(StoredLayer layer, DeferredLayer deferred) {
        return layer.directory().equals(deferred.directory());
    }

    /** Writes a built layer's tar stream, always the same for the same files. */
    static void write(Path directory, List<Path> below, long size, OutputStream out) {
        try (var calls = new FileCalls();
                var lower = new LowerLayers(calls, below)) {
            var diff = new LayerDiff(calls, lower, out);
            if (size < SMALLEST) {
                diff.write(directory);
            } else {
                diff.writeLargeFirst(directory);
            }
        } catch (LinuxException failure) {
            throw Failures.of("cannot read a layer", failure);
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot write a layer", failure);
        }
    }

    /** A blob that has been written is safe now. */
    void settle(String digest) {
        forget(digest);
        store.blobs().settle(digest);
    }

    private void forget(String digest) {
        store.database().write(in -> in.delete(DeferredLayer.KIND, digest));
    }
}
