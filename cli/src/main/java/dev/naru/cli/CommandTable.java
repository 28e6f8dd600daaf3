package dev.naru.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds a command by its words; only the one that runs is loaded. */
final class CommandTable {
    /** What the overview lists. */
    static final List<String> COMMON =
            List.of("run", "exec", "ps", "images", "logs", "start", "stop", "rm", "inspect", "info", "version");

    static final List<String> OTHERS = List.of(
            "attach", "commit", "cp", "create", "diff", "events", "export", "history", "import", "kill", "load",
            "pause", "port", "rename", "restart", "rmi", "save", "stats", "tag", "top", "unpause", "update", "wait");

    static final List<String> GROUPS = List.of("container", "image", "network", "system", "volume");

    private CommandTable() {}

    static boolean isGroup(String word) {
        return GROUPS.contains(word);
    }

    /** Takes the command's words off the list; null when there is no such command. */
    static @Nullable Command find(List<String> words) {
        String first = words.removeFirst();
        if (!isGroup(first)) {
            return top(first);
        }
        if (words.isEmpty() || words.getFirst().startsWith("-")) {
            return null;
        }
        String second = words.removeFirst();
        return switch (first) {
            case "container" -> container(second);
            case "image" -> image(second);
            case "volume" -> VolumeCommands.find(second);
            case "network" -> NetworkCommands.find(second);
            default -> system(second);
        };
    }

    /** The commands of a group, for help. */
    static List<String> members(String group) {
        return switch (group) {
            case "container" ->
                List.of(
                        "attach", "commit", "cp", "create", "diff", "exec", "export", "inspect", "kill", "logs", "ls",
                        "pause", "port", "prune", "rename", "restart", "rm", "run", "start", "stats", "stop", "top",
                        "unpause", "update", "wait");
            case "image" -> List.of("history", "import", "inspect", "load", "ls", "prune", "rm", "save", "tag");
            case "volume" -> List.of("create", "inspect", "ls", "prune", "rm");
            case "network" -> List.of("inspect", "ls");
            default -> List.of("check", "df", "events", "info");
        };
    }

    private static @Nullable Command container(String name) {
        return switch (name) {
            case "ls", "list", "ps" -> new PsCommand();
            case "inspect" -> new InspectCommand("container");
            case "prune" -> new PruneCommand("container");
            case "images", "rmi", "tag", "load", "save", "import", "history", "version", "info", "events" -> null;
            default -> top(name);
        };
    }

    private static @Nullable Command image(String name) {
        return switch (name) {
            case "ls", "list" -> new ImagesCommand();
            case "rm", "remove" -> new RmiCommand();
            case "inspect" -> new InspectCommand("image");
            case "prune" -> new PruneCommand("image");
            case "history", "import", "load", "save", "tag" -> top(name);
            default -> null;
        };
    }

    private static @Nullable Command system(String name) {
        return switch (name) {
            case "df" -> new DfCommand();
            case "check" -> new CheckCommand();
            case "events", "info" -> top(name);
            default -> null;
        };
    }

    private static @Nullable Command top(String name) {
        return switch (name) {
            case "run" -> new RunCommand();
            case "create" -> new CreateCommand();
            case "start" -> new StartCommand();
            case "exec" -> new ExecCommand();
            case "attach" -> new AttachCommand();
            case "ps" -> new PsCommand();
            case "logs" -> new LogsCommand();
            case "cp" -> new CpCommand();
            case "images" -> new ImagesCommand();
            case "rmi" -> new RmiCommand();
            case "inspect" -> new InspectCommand("");
            case "info" -> new InfoCommand();
            case "version" -> new VersionCommand();
            case "events" -> new EventsCommand();
            case "stats" -> new StatsCommand();
            case "history" -> new HistoryCommand();
            case "load" -> new LoadCommand();
            case "save" -> new SaveCommand();
            case "import" -> new ImportCommand();
            case "commit" -> new CommitCommand();
            case "update" -> new UpdateCommand();
            case "stop", "restart", "kill", "rm", "pause", "unpause", "wait" -> ContainerActions.find(name);
            case "rename", "tag", "diff", "top", "port", "export" -> ContainerQueries.find(name);
            case "completion" -> new CompletionCommand();
            default -> null;
        };
    }
}
