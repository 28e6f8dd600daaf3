package dev.naru.build;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.BuiltLayers;
import dev.naru.image.LatestTime;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Brings results of a cache elsewhere here. */
final class CacheImport {
    private final BuildSolver solver;
    private final Solve solve;
    private final CacheSource source;
    private final BuildProgress.Step step;

    CacheImport(BuildSolver solver, Solve solve, CacheSource source, BuildProgress.Step step) {
        this.solver = solver;
        this.solve = solve;
        this.source = source;
        this.step = step;
    }

    /** Makes the layers of a result be here, and known as it. */
    void bring(CacheBundle.Result result) throws InterruptedException {
        for (String chain : result.chains()) {
            for (CacheBundle.Layer layer : missing(chain)) {
                bring(layer);
            }
        }
        long now = BuildCache.now();
        var record =
                new CacheRecord(result.key(), result.chains(), BuildCache.REGULAR, result.description(), now, now, 0);
        solver.cache().add(record);
    }

    /** The layers that are not here, lowest first. */
    private List<CacheBundle.Layer> missing(String chain) {
        var missing = new ArrayList<CacheBundle.Layer>();
        Set<String> seen = new HashSet<>();
        for (String at = chain; !solver.layers().pin(at, solve.lease()); ) {
            String wanted = at;
            CacheBundle.Layer layer = source.bundle()
                    .layer(at)
                    .filter(each -> seen.add(each.chain()))
                    .orElseThrow(() ->
                            NaruException.notFound("the build cache " + source.name() + " lacks the layer " + wanted));
            missing.add(layer);
            at = layer.parent();
        }
        return missing.reversed();
    }

    private void bring(CacheBundle.Layer layer) throws InterruptedException {
        while (!solver.layers().pin(layer.chain(), solve.lease())) {
            var mine = new Flight();
            Flight others = solver.flights().putIfAbsent("import " + layer.chain(), mine);
            if (others != null) {
                others.await();
                continue;
            }
            try {
                if (!solver.layers().pin(layer.chain(), solve.lease())) {
                    solver.workshop().run(() -> place(layer));
                }
            } finally {
                solver.flights().remove("import " + layer.chain(), mine);
                mine.land();
            }
        }
    }

    private boolean place(CacheBundle.Layer layer) throws InterruptedException {
        String title = "importing layer "
                + layer.chain().substring(0, Math.min(18, layer.chain().length()));
        solve.progress().moved(step, title, 0, 0, false);
        BuiltLayers layers = solver.layers();
        try (Workspace workspace = Workspace.on(layer.parent(), solver.images().snapshotter(), layers);
                InputStream in = source.open(layer)) {
            layers.unpack(workspace.key(), in);
            workspace.take(layer.chain(), LatestTime.NONE, with -> {});
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot read the build cache " + source.name(), failure);
        }
        solve.progress().moved(step, title, 0, 0, true);
        return true;
    }
}
