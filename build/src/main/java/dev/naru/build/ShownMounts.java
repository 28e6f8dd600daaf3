package dev.naru.build;

import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The file trees that a step's mounts show, while none of its processes runs. */
final class ShownMounts {
    private final List<Shown> all = new ArrayList<>();

    /**
     * A mount.
     *
     * @param target without a slash at its end
     * @param selector the part of the tree that is seen
     */
    private record Shown(String target, String selector, Supplier<Descriptor> root) {
        /** What follows the target in a path, with its slash; empty when it is not on the path. */
        Optional<String> below(String path) {
            return path.equals(target) || path.startsWith(target + "/")
                    ? Optional.of(path.substring(target.length()))
                    : Optional.empty();
        }
    }

    void add(BuildMount.Bind bind, Workspace workspace) {
        all.add(new Shown(clean(bind.target()), bind.selector(), workspace::mount));
    }

    void add(BuildMount.Cache cache, Path directory) {
        all.add(new Shown(
                clean(cache.target()),
                "",
                () -> Descriptor.open(directory.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)));
    }

    private static String clean(String path) {
        return path.replaceAll("/+$", "");
    }

    /** @param path absolute; links are followed in the tree of the mount that the path names */
    <T> T look(String path, StepRunner.Look<T> look) throws IOException {
        Shown nearest = null;
        for (Shown each : all) {
            boolean nearer =
                    nearest == null || each.target().length() > nearest.target().length();
            if (nearer && each.below(path).isPresent()) {
                nearest = each;
            }
        }
        if (nearest == null) {
            throw NaruException.notFound("open " + path + ": no such file or directory");
        }
        try (var tree = new MountedTree(nearest.root().get(), () -> {})) {
            String top = tree.resolve(FileCalls.bytes(nearest.selector().replaceAll("^/+", "")), true);
            return look.at(tree, ReadableTree.join(top, FileCalls.bytes(rest(nearest, path))));
        }
    }

    private static String rest(Shown shown, String path) {
        return shown.below(path).orElse("").replaceAll("^/+", "");
    }
}
