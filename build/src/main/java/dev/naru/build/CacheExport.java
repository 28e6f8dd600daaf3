package dev.naru.build;

import dev.naru.image.BuiltLayers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Tells what a build that was solved has used, for a cache elsewhere. */
final class CacheExport {
    private final BuildSolver solver;
    private final Solve solve;
    private final Map<String, CacheBundle.Layer> layers = new LinkedHashMap<>();
    private final Map<String, CacheBundle.Result> results = new LinkedHashMap<>();
    private final Map<String, CacheBundle.Mount> mounts = new LinkedHashMap<>();
    private final Map<String, String> aliases = new LinkedHashMap<>();
    private final Set<Vertex> seen = java.util.Collections.newSetFromMap(new java.util.IdentityHashMap<>());

    CacheExport(BuildSolver solver, Solve solve) {
        this.solver = solver;
        this.solve = solve;
    }

    /**
     * The bundle, its layers without blobs.
     *
     * @param all whether steps whose layers are not in the results are told too
     * @param choice whose contents are copied
     */
    CacheBundle of(List<Vertex.Input> roots, boolean all, CacheBundle.MountChoice choice) throws InterruptedException {
        for (Vertex.Input root : roots) {
            add(root.vertex(), all);
        }
        if (!choice.equals(CacheBundle.MountChoice.NONE)) {
            seen.clear();
            for (Vertex.Input root : roots) {
                mounts(root.vertex(), choice);
            }
        }
        for (CacheBundle.Result result : results.values()) {
            result.chains().forEach(this::layers);
        }
        return new CacheBundle(
                CacheBundle.VERSION,
                List.copyOf(layers.values()),
                List.copyOf(results.values()),
                aliases,
                List.copyOf(mounts.values()));
    }

    private void mounts(Vertex vertex, CacheBundle.MountChoice choice) throws InterruptedException {
        if (!seen.add(vertex)) {
            return;
        }
        for (Vertex.Input input : vertex.inputs()) {
            mounts(input.vertex(), choice);
        }
        if (vertex.operation() instanceof Execution execution) {
            for (BuildMount mount : execution.mounts()) {
                if (mount instanceof BuildMount.Cache cache && choice.has(cache.id())) {
                    copy(cache, vertex);
                }
            }
        }
    }

    private void copy(BuildMount.Cache cache, Vertex vertex) throws InterruptedException {
        String key = CacheMounts.key(
                cache, cache.input() < 0 ? "" : chain(vertex.inputs().get(cache.input())));
        if (mounts.containsKey(key)) {
            return;
        }
        Optional<CacheBundle.Mount> copied = new MountTransfer(solver).copy(key, cache.id());
        if (copied.isPresent()) {
            mounts.put(key, copied.get());
            layers.put(copied.get().chain(), new CacheBundle.Layer(copied.get().chain(), "", ""));
        }
    }

    private String chain(Vertex.Input input) throws InterruptedException {
        return switch (solve.identity(input.vertex()).trees().get(input.output())) {
            case Tree.Layers(String chain) -> chain;
            case Tree.Files(ContextTree files) -> Worker.chain(files);
        };
    }

    private void add(Vertex vertex, boolean all) throws InterruptedException {
        if (!seen.add(vertex)) {
            return;
        }
        for (Vertex.Input input : all ? vertex.inputs() : below(vertex)) {
            add(input.vertex(), all);
        }
        if (!(vertex.operation() instanceof Execution) && !(vertex.operation() instanceof FileOperation)) {
            return;
        }
        String key = solve.identity(vertex).key();
        Optional<List<String>> chains = solver.cache().find(key, solve.lease());
        if (chains.isPresent()) {
            results.put(
                    key,
                    new CacheBundle.Result(key, chains.get(), vertex.label().name()));
            solver.cache().aliases(key).forEach(alias -> aliases.put(alias, key));
        }
    }

    /** The inputs whose layers are in those of the vertex. */
    private static List<Vertex.Input> below(Vertex vertex) {
        var below = new ArrayList<Vertex.Input>();
        for (int i = 0; i < vertex.inputs().size(); i++) {
            int index = i;
            boolean in =
                    switch (vertex.operation()) {
                        case Source source -> false;
                        case Execution execution ->
                            execution.mounts().stream()
                                    .anyMatch(mount -> mount instanceof BuildMount.Bind bind
                                            && bind.target().equals("/")
                                            && bind.input() == index);
                        case FileOperation files -> files.actions().stream().anyMatch(action -> action.base() == index);
                        case Operation.Merge merge -> true;
                        case Operation.Difference difference -> true;
                    };
            if (in) {
                below.add(vertex.inputs().get(i));
            }
        }
        return below;
    }

    private void layers(String chain) {
        var stack = new ArrayList<CacheBundle.Layer>();
        for (String at = chain; at.startsWith(BuiltLayers.chain("")) && !layers.containsKey(at); ) {
            String below = solver.layers().parent(at);
            stack.add(new CacheBundle.Layer(at, below, ""));
            at = below;
        }
        stack.reversed().forEach(layer -> layers.put(layer.chain(), layer));
    }
}
