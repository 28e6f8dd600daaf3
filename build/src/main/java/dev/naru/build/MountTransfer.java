package dev.naru.build;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.BuiltLayers;
import dev.naru.image.LatestTime;
import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import dev.naru.linux.OwnerMap;
import dev.naru.linux.TreeCopy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Takes contents of cache mounts to caches elsewhere, and back. They travel as layers do. */
final class MountTransfer {
    /** Below a directory of the layer, so that the mount's own owner and mode travel too. */
    private static final String PLACE = "mount";

    private final BuildSolver solver;

    MountTransfer(BuildSolver solver) {
        this.solver = solver;
    }

    /** Copies what a mount has now to a layer; empty when there is no such mount, or a build uses it. */
    Optional<CacheBundle.Mount> copy(String key, String id) throws InterruptedException {
        // Each copy is its own: somebody else may be taking one along now.
        String record = new KeyWriter()
                .add("copy of cache mount")
                .add(key)
                .add(UUID.randomUUID().toString())
                .key();
        String chain = BuiltLayers.chain(record);
        return solver.workshop().run(() -> {
            Optional<CacheMounts.Held> found = solver.mounts().alone(key);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            try (CacheMounts.Held held = found.get();
                    Workspace workspace = Workspace.on("", solver.images().snapshotter(), solver.layers())) {
                Path place = solver.layers().upper(workspace.key()).resolve(PLACE);
                Files.createDirectory(place);
                copy(held.path(), place);
                long now = BuildCache.now();
                var kept = new CacheRecord(record, List.of(chain), BuildCache.REGULAR, "copy of " + id, now, now, 0);
                workspace.take(chain, LatestTime.NONE, solver.cache().adding(kept));
                solver.cache().added(kept);
                return Optional.of(new CacheBundle.Mount(key, id, chain));
            } catch (IOException failure) {
                throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot copy the cache mount " + id, failure);
            }
        });
    }

    /** Lets go of a copy that was taken along. */
    void release(CacheBundle.Mount mount) {
        String key = mount.chain().substring(BuiltLayers.chain("").length());
        solver.cache().record(key).ifPresent(solver.cache()::remove);
    }

    private static void copy(Path from, Path to) {
        try (var calls = new FileCalls();
                Descriptor source = directory(from);
                Descriptor target = directory(to)) {
            TreeCopy.contents(calls, source.number(), target.number(), OwnerMap.SAME);
        }
    }

    private static Descriptor directory(Path path) {
        return Descriptor.open(
                path.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY | Descriptor.O_NOFOLLOW, 0);
    }

    /** Fills a new mount with what a cache elsewhere has for it; whether there was something. */
    boolean bring(String key, List<CacheSource> sources, Path directory) throws InterruptedException {
        for (CacheSource source : sources) {
            Optional<CacheBundle.Layer> layer =
                    source.bundle().mount(key).flatMap(mount -> source.bundle().layer(mount.chain()));
            if (layer.isPresent() && bring(source, layer.get(), directory)) {
                return true;
            }
        }
        return false;
    }

    private boolean bring(CacheSource source, CacheBundle.Layer layer, Path directory) throws InterruptedException {
        return solver.workshop().run(() -> {
            // Whole or not at all: a mount with half of its files is worse than an empty one.
            try (Workspace workspace = Workspace.on("", solver.images().snapshotter(), solver.layers());
                    InputStream in = source.open(layer)) {
                solver.layers().unpack(workspace.key(), in);
                copy(solver.layers().upper(workspace.key()).resolve(PLACE), directory);
                return true;
            } catch (IOException | NaruException failure) {
                System.getLogger("naru.build")
                        .log(System.Logger.Level.WARNING, "cannot use the cache mount of " + source.name(), failure);
                return false;
            }
        });
    }
}
