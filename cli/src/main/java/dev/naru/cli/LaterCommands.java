package dev.naru.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A group whose commands are known but that this engine does not serve: they say so. */
final class LaterCommands {
    static final List<String> PLUGIN =
            List.of("create", "disable", "enable", "inspect", "install", "ls", "push", "rm", "set", "upgrade");

    private LaterCommands() {}

    static @Nullable Command find(String verb) {
        if (!PLUGIN.contains(verb)) {
            return null;
        }
        return new PlainCommand(
                "plugin " + verb,
                "[OPTIONS] [ARG...]",
                "Manage plugins",
                0,
                Integer.MAX_VALUE,
                List.of(),
                (session, arguments) -> {
                    throw new CliException("naru plugin is not supported: the engine runs no managed plugins");
                });
    }
}
