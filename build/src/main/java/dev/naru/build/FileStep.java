package dev.naru.build;

import dev.naru.image.LatestTime;
import dev.naru.linux.Descriptor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One file operation being carried out, by one thread. */
final class FileStep implements AutoCloseable {
    private final BuildSolver solver;
    private final List<Tree> inputs;
    private final List<String> layered;
    private final LatestTime newest;
    private final Map<Integer, ReadableTree> readable = new HashMap<>();
    private final List<Work> works = new ArrayList<>();

    /** What an action has made: a workspace until it becomes a layer. */
    private static final class Work {
        private @Nullable Workspace workspace;
        private @Nullable Descriptor root;
        private @Nullable TreeTarget target;
        private String chain = "";
    }

    FileStep(BuildSolver solver, List<Tree> inputs, List<String> layered, LatestTime newest) {
        this.solver = solver;
        this.inputs = inputs;
        this.layered = layered;
        this.newest = newest;
    }

    void run(FileOperation operation, List<String> chains, CacheRecord record) throws InterruptedException {
        List<FileAction> actions = operation.actions();
        int last = -1;
        for (int i = 0; i < actions.size(); i++) {
            last = actions.get(i).output() >= 0 ? i : last;
        }
        for (int i = 0; i < actions.size(); i++) {
            FileAction action = actions.get(i);
            Work work = begin(action.base());
            works.add(work);
            Descriptor root = java.util.Objects.requireNonNull(work.root);
            Workspace place = java.util.Objects.requireNonNull(work.workspace);
            // With more than one action the next one goes on where this one has written.
            boolean linking = actions.size() == 1 && action.output() >= 0;
            try (LayerLinks links =
                    linking ? new LayerLinks(solver.shared(), solver.layers().upper(place.key()), newest) : null) {
                new FileSteps(root, java.util.Objects.requireNonNull(work.target), this::tree, links).apply(action);
                if (action.output() < 0) {
                    continue;
                }
                unmount(work);
                if (links != null) {
                    links.settle();
                }
                String chain = chains.get(action.output());
                place.take(
                        chain,
                        newest,
                        links == null ? List.of() : links.contents(),
                        i == last ? solver.cache().adding(record) : in -> {});
                if (links != null) {
                    links.keep(solver.layers().directories(chain).getFirst()).forEach(solver.layers()::sharing);
                }
                work.workspace = null;
                work.chain = chain;
            }
        }
    }

    private Work begin(int base) {
        if (base >= inputs.size()) {
            Work earlier = works.get(base - inputs.size());
            if (earlier.workspace != null) {
                // Only later actions use it: they go on in the same place.
                return earlier;
            }
            return fresh(earlier.chain);
        }
        return fresh(base < 0 ? "" : layered.get(base));
    }

    private Work fresh(String chain) {
        var work = new Work();
        work.workspace = Workspace.on(chain, solver.images().snapshotter(), solver.layers());
        try {
            Descriptor root = work.workspace.mount();
            work.root = root;
            work.target = new TreeTarget(root);
        } catch (RuntimeException failure) {
            discard(work);
            throw failure;
        }
        return work;
    }

    /** The tree of an index, to be read. */
    private ReadableTree tree(int index) {
        if (index < 0) {
            return readable.computeIfAbsent(index, none -> Readable.open(Tree.EMPTY, solver));
        }
        if (index < inputs.size()) {
            return readable.computeIfAbsent(index, known -> Readable.open(inputs.get(known), solver));
        }
        Work work = works.get(index - inputs.size());
        Descriptor root = work.root;
        if (root == null) {
            return readable.computeIfAbsent(index, known -> Readable.open(new Tree.Layers(work.chain), solver));
        }
        return readable.computeIfAbsent(
                index, known -> new MountedTree(Descriptor.open(root.path() + "/.", Descriptor.O_PATH, 0), () -> {}));
    }

    private static void unmount(Work work) {
        if (work.target != null) {
            work.target.close();
            work.target = null;
        }
        if (work.root != null) {
            work.root.close();
            work.root = null;
        }
    }

    private static void discard(Work work) {
        unmount(work);
        if (work.workspace != null) {
            work.workspace.close();
            work.workspace = null;
        }
    }

    @Override
    public void close() {
        readable.values().forEach(ReadableTree::close);
        works.forEach(FileStep::discard);
    }
}
