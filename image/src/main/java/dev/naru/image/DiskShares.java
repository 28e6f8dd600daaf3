package dev.naru.image;

import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileStatus;
import dev.naru.linux.FileTree;
import dev.naru.linux.LinuxException;
import dev.naru.store.Store;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What images take of the disk, in allocated blocks. Layers never change, so each is measured once. */
final class DiskShares {
    private static final int BLOCK = 512;

    private final Store store;
    private final LayerStore layers;
    private final ImageGarbage garbage;
    /** Layers by the names of their directories. */
    private final Map<String, Measured> measured = new ConcurrentHashMap<>();

    /**
     * A layer's bytes.
     *
     * @param several those of files that other layers may have too, by what the disk calls each
     */
    private record Measured(long own, Map<String, Long> several) {
        long all() {
            return own + sum(several);
        }
    }

    DiskShares(Store store, LayerStore layers, ImageGarbage garbage) {
        this.store = store;
        this.layers = layers;
        this.garbage = garbage;
    }

    /** The share of each image by its id, and under the empty id what all of them take together. */
    Map<String, DiskShare> of(Catalogue catalogue) {
        var parts = new HashMap<String, Map<String, Long>>();
        var uses = new HashMap<String, Integer>();
        var all = new HashMap<String, Long>();
        try (var calls = new FileCalls()) {
            catalogue.images().forEach((id, image) -> {
                Map<String, Long> own = parts(calls, image);
                own.keySet().forEach(part -> uses.merge(part, 1, Integer::sum));
                all.putAll(own);
                parts.put(id, own);
            });
            // A container keeps the layers of an image that was removed by force.
            layers.all().stream()
                    .filter(layer -> !BuiltLayers.isBuilt(layer.chainId()))
                    .forEach(layer -> put(all, calls, layer));
            // Downloads under way, and those that were cut and may go on.
            store.blobs().unfinished().forEach(each -> all.put(each.toString(), file(calls, each)));
        }
        Set<String> known = new HashSet<>();
        layers.all().forEach(layer -> known.add(layer.directory()));
        measured.keySet().retainAll(known);
        var shares = new HashMap<String, DiskShare>();
        parts.forEach((id, own) -> shares.put(
                id,
                new DiskShare(
                        sum(own),
                        own.entrySet().stream()
                                .filter(each -> uses.getOrDefault(each.getKey(), 0) > 1)
                                .mapToLong(Map.Entry::getValue)
                                .sum())));
        shares.put("", new DiskShare(sum(all), 0));
        return shares;
    }

    private static long sum(Map<String, Long> parts) {
        return parts.values().stream().mapToLong(Long::longValue).sum();
    }

    private Map<String, Long> parts(FileCalls calls, StoredImage image) {
        var parts = new HashMap<String, Long>();
        for (StoredLayer layer : layers.chain(image.chainId())) {
            put(parts, calls, layer);
        }
        for (String blob : garbage.all(image)) {
            parts.put(blob, file(calls, store.blobs().path(blob)));
        }
        return parts;
    }

    private void put(Map<String, Long> parts, FileCalls calls, StoredLayer layer) {
        Measured bytes = measured(calls, layer);
        parts.put(layer.directory(), bytes.own());
        parts.putAll(bytes.several());
    }

    /** A layer's files have become those of another layer too. */
    void forget(String directory) {
        measured.remove(directory);
    }

    /** What a build's layer takes of the disk; empty when it is not there. */
    Optional<DiskPart> built(String chain) {
        return layers.find(chain).map(layer -> {
            boolean shared = layers.all().stream()
                    .anyMatch(other -> !BuiltLayers.isBuilt(other.chainId())
                            && other.directory().equals(layer.directory()));
            try (var calls = new FileCalls()) {
                return new DiskPart(layer.directory(), measured(calls, layer).all(), shared);
            }
        });
    }

    private Measured measured(FileCalls calls, StoredLayer layer) {
        Measured known = measured.get(layer.directory());
        if (known != null) {
            return known;
        }
        Measured found = layer(calls, layer);
        measured.put(layer.directory(), found);
        return found;
    }

    private Measured layer(FileCalls calls, StoredLayer layer) {
        long sum = 0;
        var several = new HashMap<FileStatus.Identity, Long>();
        List<String> names = List.of(layer.directory(), InitLayer.directory(layer.directory()));
        for (String each : names) {
            Path directory = layers.root().resolve(each);
            boolean mounted = layer.isImage() && each.equals(layer.directory());
            sum += mounted
                    ? file(calls, layers.root().resolve(each + LayerMounts.SUFFIX))
                    : tree(calls, directory, several);
        }
        var named = new HashMap<String, Long>();
        several.forEach((identity, bytes) -> named.put("file:" + identity, bytes));
        return new Measured(sum, named);
    }

    private static long tree(FileCalls calls, Path path, Map<FileStatus.Identity, Long> several) {
        try (Descriptor directory = Descriptor.open(path.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            return FileTree.allocated(calls, directory.number(), several);
        } catch (LinuxException gone) {
            return 0;
        }
    }

    private static long file(FileCalls calls, Path path) {
        return calls.status(Descriptor.CWD, FileCalls.bytes(path.toString()))
                .map(status -> status.blocks() * BLOCK)
                .orElse(0L);
    }
}
