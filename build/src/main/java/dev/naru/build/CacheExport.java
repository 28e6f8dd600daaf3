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
     */
    CacheBundle of(List<Vertex.Input> roots, boolean all) throws InterruptedException {
        for (Vertex.Input root : roots) {
            add(root.vertex(), all);
        }
        for (CacheBundle.Result result : results.values()) {
            result.chains().forEach(this::layers);
        }
        return new CacheBundle(
                CacheBundle.VERSION, List.copyOf(layers.values()), List.copyOf(results.values()), aliases);
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
