package dev.naru.buildkit;

import dev.naru.build.BuildMount;
import dev.naru.build.Execution;
import dev.naru.build.FileAction;
import dev.naru.build.FileOperation;
import dev.naru.build.Operation;
import dev.naru.build.Source;
import java.util.List;

/** Clients are not trusted: what operations refer to must be there. */
final class LowLevelCheck {
    private LowLevelCheck() {}

    /** @param inputs how many the operation has */
    static void check(Operation what, int inputs) {
        switch (what) {
            case Source source -> {
                // It refers to nothing.
            }
            case Execution execution -> mounts(execution.mounts(), inputs);
            case FileOperation files -> actions(files.actions(), inputs);
            case Operation.Merge merge -> merge.inputs().forEach(index -> below(index, inputs));
            case Operation.Difference(int lower, int upper) -> {
                below(lower, inputs);
                below(upper, inputs);
            }
        }
    }

    private static void mounts(List<BuildMount> mounts, int inputs) {
        boolean root = false;
        for (BuildMount mount : mounts) {
            if (!mount.target().startsWith("/")) {
                throw LowLevelGraph.malformed("a mount at \"" + mount.target() + "\"");
            }
            switch (mount) {
                case BuildMount.Bind bind -> {
                    below(bind.input(), inputs);
                    root |= bind.target().equals("/");
                    below(bind.output(), mounts.size());
                }
                case BuildMount.Cache cache -> below(cache.input(), inputs);
                case BuildMount.Tmpfs tmpfs -> notRoot(mount);
                case BuildMount.Secret secret -> notRoot(mount);
                case BuildMount.Ssh agent -> notRoot(mount);
            }
            if (mount instanceof BuildMount.Cache) {
                notRoot(mount);
            }
        }
        if (!root) {
            throw LowLevelGraph.malformed("an execution without a root file system");
        }
    }

    private static void notRoot(BuildMount mount) {
        if (mount.target().equals("/")) {
            throw LowLevelGraph.malformed("a root that is no file system of an image");
        }
    }

    private static void actions(List<FileAction> actions, int inputs) {
        for (int i = 0; i < actions.size(); i++) {
            FileAction action = actions.get(i);
            below(action.base(), inputs + i);
            below(action.output(), actions.size());
            if (action instanceof FileAction.Copy copy) {
                below(copy.from(), inputs + i);
            }
        }
    }

    private static void below(int index, int end) {
        if (index >= end || index < Operation.NONE) {
            throw LowLevelGraph.malformed("no tree " + index);
        }
    }
}
