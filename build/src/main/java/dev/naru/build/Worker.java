package dev.naru.build;

import dev.naru.error.NaruException;
import dev.naru.image.BuiltLayers;
import dev.naru.image.LatestTime;
import dev.naru.linux.FileStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Does the work of vertices whose results are not there. */
final class Worker {
    private static final System.Logger LOG = System.getLogger("naru.build");

    private final BuildSolver solver;
    private final Solve solve;

    Worker(BuildSolver solver, Solve solve) {
        this.solver = solver;
        this.solve = solve;
    }

    /** The outputs of a vertex; they are there afterwards. */
    List<Tree> work(Vertex vertex, Identity identity, BuildProgress.Step step) throws InterruptedException {
        if (identity.ready()) {
            return identity.trees();
        }
        if (brought(vertex, identity, step)) {
            return identity.trees();
        }
        List<String> chains = identity.trees().stream()
                .map(tree -> ((Tree.Layers) tree).chain())
                .toList();
        // Before the inputs are made: another build may be at the same work, and need not be waited for twice.
        List<Tree> inputs = solve.trees(vertex.inputs());
        while (true) {
            var mine = new Flight();
            Flight others = solver.flights().putIfAbsent(chains.getFirst(), mine);
            if (others != null) {
                others.await();
                continue;
            }
            try {
                boolean there =
                        chains.stream().allMatch(chain -> solver.layers().pin(chain, solve.lease()));
                if (there) {
                    solve.progress().completed(step, true, chains.getFirst());
                } else {
                    make(vertex, identity, chains, inputs, step);
                }
                return identity.trees();
            } finally {
                solver.flights().remove(chains.getFirst(), mine);
                mine.land();
            }
        }
    }

    /** Takes the result from a cache elsewhere; if that fails the work is done, as without one. */
    private boolean brought(Vertex vertex, Identity identity, BuildProgress.Step step) throws InterruptedException {
        CacheSource from = identity.from();
        if (from == null) {
            return false;
        }
        solve.progress().started(step);
        try {
            CacheBundle.Result result = from.bundle().result(identity.key()).orElseThrow();
            // What it stands on must be here: a base image is of no cache.
            new CacheImport(solver, solve, from, step).bring(result);
            String alias = identity.alias();
            if (alias != null) {
                solver.cache().alias(alias, identity.key());
            }
            solve.progress().completed(step, true, result.chains().getFirst());
            return true;
        } catch (NaruException failure) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "cannot use the cache for " + vertex.label().name(),
                    failure);
            return false;
        }
    }

    private void make(Vertex vertex, Identity identity, List<String> chains, List<Tree> inputs, BuildProgress.Step step)
            throws InterruptedException {
        solve.progress().started(step);
        long now = BuildCache.now();
        var record = new CacheRecord(
                identity.key(), chains, BuildCache.REGULAR, vertex.label().name(), now, now, 0);
        try {
            switch (vertex.operation()) {
                case Execution execution ->
                    new ExecutionStep(solver, solve, vertex, execution, step).run(inputs, chains, record);
                case FileOperation files -> fileStep(files, inputs, chains, record);
                default -> throw new IllegalStateException(vertex.label().name());
            }
        } catch (ExecutionStep.Failed failure) {
            solve.progress().failed(step, failure.failure());
            throw failure.error();
        } catch (RuntimeException failure) {
            solve.progress().failed(step, Identifier.failure(failure, vertex));
            throw failure;
        } catch (InterruptedException stopped) {
            solve.progress()
                    .failed(
                            step,
                            BuildProgress.StepFailure.canceled(vertex.label().source()));
            throw stopped;
        }
        solver.cache().added(record);
        String alias = identity.alias();
        if (alias != null) {
            solver.cache().alias(alias, identity.key());
        }
        for (String chain : chains) {
            if (!solver.layers().pin(chain, solve.lease())) {
                throw NaruException.notFound("the result of \"" + vertex.label().name() + "\" is gone");
            }
        }
        solve.progress().completed(step, false, chains.getFirst());
    }

    private void fileStep(FileOperation files, List<Tree> inputs, List<String> chains, CacheRecord record)
            throws InterruptedException {
        var layered = new ArrayList<String>();
        for (int i = 0; i < inputs.size(); i++) {
            int index = i;
            boolean base = files.actions().stream().anyMatch(action -> action.base() == index);
            layered.add(base ? solve.layers(inputs.get(i)) : "");
        }
        solver.workshop().run(() -> {
            try (var step =
                    new FileStep(solver, inputs, layered, solve.session().latest())) {
                step.run(files, chains, record);
            }
            return true;
        });
    }

    /** The chain of files of a context as a layer of their own. */
    static String chain(ContextTree files) {
        return BuiltLayers.chain(new KeyWriter().add(files.identity()).key());
    }

    /** Files of a context as a layer of their own. */
    String layered(ContextTree files) throws InterruptedException {
        String chain = chain(files);
        String key = new KeyWriter().add("layer of").add(files.identity()).key();
        return once(chain, key, () -> layer(files, chain, key));
    }

    /** What makes one tree of another that it does not stand on, as a layer of its own. */
    String difference(String lower, String upper) throws InterruptedException {
        String key = new KeyWriter().add("difference").add(lower).add(upper).key();
        String chain = BuiltLayers.chain(key);
        return once(chain, key, () -> compare(lower, upper, chain, key));
    }

    /** Makes a layer unless it is there; one thread of all builds does. */
    private String once(String chain, String key, Callable<Boolean> work) throws InterruptedException {
        while (true) {
            solver.cache().find(key, solve.lease());
            if (solver.layers().pin(chain, solve.lease())) {
                return chain;
            }
            var mine = new Flight();
            Flight others = solver.flights().putIfAbsent(chain, mine);
            if (others != null) {
                others.await();
                continue;
            }
            try {
                if (!solver.layers().pin(chain, solve.lease())) {
                    solver.workshop().run(work);
                }
            } finally {
                solver.flights().remove(chain, mine);
                mine.land();
            }
        }
    }

    private boolean compare(String lower, String upper, String chain, String key) throws InterruptedException {
        long now = BuildCache.now();
        var record =
                new CacheRecord(key, List.of(chain), BuildCache.REGULAR, "difference of two file trees", now, now, 0);
        try (Workspace workspace = Workspace.on("", solver.images().snapshotter(), solver.layers())) {
            try (ReadableTree before = Readable.open(new Tree.Layers(lower), solver);
                    ReadableTree after = Readable.open(new Tree.Layers(upper), solver);
                    var root = workspace.mount();
                    var target = new TreeTarget(root)) {
                new TreeDifference(before, after, target).write();
            }
            workspace.take(chain, LatestTime.NONE, solver.cache().adding(record));
        }
        solver.cache().added(record);
        return true;
    }

    private boolean layer(ContextTree files, String chain, String key) {
        long now = BuildCache.now();
        var record = new CacheRecord(key, List.of(chain), "source.local", "files of a context", now, now, 0);
        try (Workspace workspace = Workspace.on("", solver.images().snapshotter(), solver.layers())) {
            try (var root = workspace.mount();
                    var target = new TreeTarget(root)) {
                write(files, target);
            }
            workspace.take(chain, LatestTime.NONE, solver.cache().adding(record));
        }
        solver.cache().added(record);
        return true;
    }

    private static void write(ContextTree files, TreeTarget target) {
        files.entries().forEach((path, entry) -> {
            TreeFile file = entry.file();
            var attributes = new TreeTarget.Attributes(
                    file.permissions(), file.uid(), file.gid(), file.modified(), file.nanos(), Map.of());
            switch (file.type()) {
                case FileStatus.DIRECTORY -> target.directory(path, false);
                case FileStatus.REGULAR -> {
                    try (var content = files.open(path)) {
                        target.file(path, content, attributes);
                    }
                }
                case FileStatus.SYMBOLIC_LINK -> target.symbolicLink(path, file.link(), attributes);
                default -> target.node(path, file, attributes);
            }
        });
        files.entries().descendingMap().forEach((path, entry) -> {
            TreeFile file = entry.file();
            if (file.isDirectory()) {
                target.describe(
                        path,
                        new TreeTarget.Attributes(
                                file.permissions(), file.uid(), file.gid(), file.modified(), file.nanos(), Map.of()));
            }
        });
    }
}
