package dev.naru.cli;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds a command by its words; only the one that runs is loaded. */
final class CommandTable {
    /** What the overview lists first. */
    static final List<String> COMMON = List.of(
            "run", "exec", "ps", "build", "pull", "push", "images", "login", "logout", "search", "version", "info");

    static final List<String> OTHERS = List.of(
            "attach",
            "bake",
            "autobuild",
            "commit",
            "cp",
            "create",
            "diff",
            "events",
            "export",
            "history",
            "import",
            "inspect",
            "kill",
            "load",
            "logs",
            "pause",
            "port",
            "rename",
            "restart",
            "rm",
            "rmi",
            "save",
            "start",
            "stats",
            "stop",
            "tag",
            "top",
            "unpause",
            "update",
            "wait",
            "completion");

    static final List<String> GROUPS =
            List.of("builder", "container", "context", "image", "manifest", "network", "plugin", "system", "volume");

    private static final Set<String> CONTAINER = Set.of(
            "attach", "commit", "cp", "create", "diff", "exec", "export", "kill", "logs", "pause", "port", "rename",
            "restart", "rm", "run", "start", "stats", "stop", "top", "unpause", "update", "wait");
    private static final Set<String> IMAGE =
            Set.of("build", "history", "import", "load", "pull", "push", "save", "tag");

    private CommandTable() {}

    static boolean isGroup(String word) {
        return GROUPS.contains(word);
    }

    /** All commands that stand alone. */
    static Set<String> single() {
        var names = new TreeSet<>(COMMON);
        names.addAll(OTHERS);
        return names;
    }

    /** Takes the command's words off the list; null when there is no such command. */
    static @Nullable Command find(List<String> words) {
        String first = words.getFirst();
        if (!isGroup(first)) {
            words.removeFirst();
            return top(first);
        }
        words.removeFirst();
        if (words.isEmpty() || words.getFirst().startsWith("-")) {
            return null;
        }
        String second = words.getFirst();
        Command command = member(first, second);
        if (command != null) {
            words.removeFirst();
        }
        return command;
    }

    private static @Nullable Command member(String group, String name) {
        String verb = name.equals("list") ? "ls" : name.equals("remove") ? "rm" : name;
        return switch (group) {
            case "container" -> container(verb);
            case "image" -> image(verb);
            case "volume" -> VolumeCommands.find(verb);
            case "network" -> NetworkCommands.find(verb);
            case "context" -> ContextCommands.find(verb);
            case "builder" ->
                switch (verb) {
                    case "prune" -> PruneCommand.builder();
                    case "bake" -> new BakeCommand("builder bake");
                    case "build" -> new BuildCommand();
                    default -> null;
                };
            case "manifest" -> ManifestCommands.find(verb);
            case "plugin" -> LaterCommands.find(verb);
            default -> system(verb);
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
            case "image" ->
                List.of(
                        "build", "history", "import", "inspect", "load", "ls", "prune", "pull", "push", "rm", "save",
                        "tag");
            case "volume" -> List.of("backup", "create", "inspect", "ls", "prune", "restore", "rm", "update");
            case "network" -> List.of("connect", "create", "disconnect", "inspect", "ls", "prune", "rm");
            case "context" -> List.of("create", "export", "import", "inspect", "ls", "rm", "show", "update", "use");
            case "builder" -> List.of("bake", "build", "prune");
            case "manifest" -> ManifestCommands.VERBS;
            case "plugin" -> LaterCommands.PLUGIN;
            default -> List.of("check", "df", "events", "info", "prune");
        };
    }

    /** All words that lead to the command of this name, for help. */
    static List<String> names(String name) {
        return switch (name) {
            case "ps" -> List.of("container ls", "container list", "container ps", "ps");
            case "rm" -> List.of("container rm", "container remove", "rm");
            case "images" -> List.of("image ls", "image list", "images");
            case "rmi" -> List.of("image rm", "image remove", "rmi");
            case "events", "info" -> List.of("system " + name, name);
            default -> {
                if (CONTAINER.contains(name)) {
                    yield List.of("container " + name, name);
                }
                if (IMAGE.contains(name)) {
                    yield List.of("image " + name, name);
                }
                yield name.endsWith(" ls")
                        ? List.of(name, name.replace(" ls", " list"))
                        : name.endsWith(" rm") ? List.of(name, name.replace(" rm", " remove")) : List.of(name);
            }
        };
    }

    private static @Nullable Command container(String name) {
        return switch (name) {
            case "ls", "ps" -> new PsCommand();
            case "inspect" -> new InspectCommand("container");
            case "prune" -> PruneCommand.containers();
            default -> CONTAINER.contains(name) ? top(name) : null;
        };
    }

    private static @Nullable Command image(String name) {
        return switch (name) {
            case "ls" -> new ImagesCommand();
            case "rm" -> new RmiCommand();
            case "inspect" -> new InspectCommand("image");
            case "prune" -> PruneCommand.images();
            default -> IMAGE.contains(name) ? top(name) : null;
        };
    }

    private static @Nullable Command system(String name) {
        return switch (name) {
            case "df" -> new DfCommand();
            case "check" -> new CheckCommand();
            case "prune" -> PruneCommand.system();
            case "dial-stdio" -> DialStdio.command();
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
            case "build" -> new BuildCommand();
            case "bake" -> new BakeCommand("bake");
            case "commit" -> new CommitCommand();
            case "update" -> new UpdateCommand();
            case "pull" -> new PullCommand();
            case "push" -> new PushCommand();
            case "search" -> new SearchCommand();
            case "login" -> new LoginCommand();
            case "logout" -> LogoutCommand.command();
            case "stop", "restart", "kill", "rm", "pause", "unpause", "wait" -> ContainerActions.find(name);
            case "rename", "tag", "diff", "top", "port", "export" -> ContainerQueries.find(name);
            case "autobuild" -> new AutobuildCommand();
            case "completion" -> new CompletionCommand();
            case "__complete" -> Completion.command();
            default -> null;
        };
    }
}
