package dev.naru.build;

import dev.naru.linux.Descriptor;

/** Opens trees for reading. */
final class Readable {
    private Readable() {}

    /** To be used and closed by the thread that opened it. */
    static ReadableTree open(Tree tree, BuildSolver solver) {
        return switch (tree) {
            case Tree.Files(ContextTree files) -> files;
            case Tree.Layers(String chain) -> {
                var snapshot = Workspace.on(chain, solver.images().snapshotter(), solver.layers());
                try {
                    Descriptor root = snapshot.mount();
                    yield new MountedTree(root, snapshot::close);
                } catch (RuntimeException failure) {
                    snapshot.close();
                    throw failure;
                }
            }
        };
    }
}
