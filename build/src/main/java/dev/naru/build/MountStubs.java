package dev.naru.build;

import dev.naru.image.BuiltLayers;
import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileStatus;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The empty files and directories that mounts are made on: they must not stay in a step's layer. */
final class MountStubs {
    private final BuildSolver solver;
    private final Workspace root;
    private final List<StepRunner.StepMount> mounts;
    private final Set<String> missing = new LinkedHashSet<>();
    private final Set<String> parents = new LinkedHashSet<>();

    MountStubs(BuildSolver solver, Workspace root, List<StepRunner.StepMount> mounts) {
        this.solver = solver;
        this.root = root;
        this.mounts = mounts;
    }

    /** Before the step: finds which of them are not there. */
    boolean look() {
        try (var tree = new MountedTree(root.mount(), () -> {})) {
            for (StepRunner.StepMount mount : mounts) {
                String path = CopySelection.clean(FileCalls.bytes(mount.target()));
                String at = "";
                for (String name : path.split("/", -1)) {
                    at = tree.resolve(ReadableTree.join(at, name), true);
                    if (tree.file(at).isEmpty()) {
                        missing.add(at);
                    } else {
                        parents.add(at);
                    }
                }
            }
        }
        return true;
    }

    /** After it: removes those that are still empty, and directories that were only touched by that. */
    boolean clear() {
        BuiltLayers layers = solver.layers();
        try (var calls = new FileCalls();
                Descriptor upper = Descriptor.open(
                        layers.upper(root.key()).toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            for (String path : new ArrayList<>(missing).reversed()) {
                remove(calls, upper, path);
            }
            for (String path : new ArrayList<>(parents).reversed()) {
                if (!path.isEmpty() && layers.isUntouched(root.key(), path)) {
                    remove(calls, upper, path);
                }
            }
        }
        return true;
    }

    private static void remove(FileCalls calls, Descriptor upper, String path) {
        String parent = TreeTarget.parentOf(path);
        int opened = calls.openInRoot(
                upper.number(), parent, Descriptor.O_PATH | Descriptor.O_DIRECTORY | Descriptor.O_NOFOLLOW);
        if (opened < 0) {
            return;
        }
        try (var directory = new Descriptor(opened)) {
            String name = CopySelection.last(path);
            Optional<FileStatus> status = calls.status(opened, name);
            if (status.filter(FileStatus::isDirectory).isPresent()) {
                calls.rmdir(opened, name);
            } else if (status.filter(file -> file.isRegular() && file.size() == 0)
                    .isPresent()) {
                calls.unlink(directory.number(), name);
            }
        }
    }
}
