package dev.naru.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Groups whose commands are known but that this engine does not serve yet: they say so. */
final class LaterCommands {
    static final List<String> MANIFEST = List.of("annotate", "create", "inspect", "push", "rm");
    static final List<String> PLUGIN =
            List.of("create", "disable", "enable", "inspect", "install", "ls", "push", "rm", "set", "upgrade");

    private LaterCommands() {}

    static @Nullable Command find(String group, String verb) {
        boolean manifest = group.equals("manifest");
        if (!(manifest ? MANIFEST : PLUGIN).contains(verb)) {
            return null;
        }
        return new PlainCommand(
                group + " " + verb,
                "[OPTIONS] [ARG...]",
                manifest ? "Manage image manifests and manifest lists" : "Manage plugins",
                0,
                Integer.MAX_VALUE,
                List.of(),
                (session, arguments) -> {
                    throw new CliException(
                            manifest
                                    ? "naru manifest is not supported: use a registry tool such as skopeo or docker manifest"
                                    : "naru plugin is not supported: the engine runs no managed plugins");
                });
    }
}
