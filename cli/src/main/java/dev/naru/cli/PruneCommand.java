package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The commands that remove what is not used: they ask first, then tell what they removed. */
final class PruneCommand extends Command {
    private static final Option FORCE = Option.flag("force", 'f', "Do not prompt for confirmation");
    private static final Option FILTER =
            Option.list("filter", (char) 0, "filter", "Remove only what matches (e.g. \"until=<timestamp>\")");

    private final Function<Arguments, String> question;
    private final Work work;

    private PruneCommand(
            String name, String summary, List<Option> more, Function<Arguments, String> question, Work work) {
        super(name + " prune", "[OPTIONS]", summary, 0, 0, with(more));
        this.question = requireNonNull(question, "question");
        this.work = requireNonNull(work, "work");
    }

    private static List<Option> with(List<Option> more) {
        var options = new ArrayList<>(List.of(FILTER, FORCE));
        options.addAll(more);
        return options;
    }

    /** What is done once it is agreed to. */
    private interface Work {
        void run(Pruning pruning, Arguments arguments);
    }

    private static Option all(String help) {
        return Option.flag("all", 'a', help);
    }

    static Command containers() {
        return new PruneCommand(
                "container",
                "Remove all stopped containers",
                List.of(),
                arguments -> "This will remove all stopped containers.",
                (pruning, arguments) -> {
                    pruning.containers(arguments.list("filter"));
                    pruning.total();
                });
    }

    static Command images() {
        return new PruneCommand(
                "image",
                "Remove unused images",
                List.of(all("Remove all unused images, not just dangling ones")),
                arguments -> arguments.is("all")
                        ? "This will remove all images without at least one container associated to them."
                        : "This will remove all dangling images.",
                (pruning, arguments) -> {
                    pruning.images(arguments.list("filter"), arguments.is("all"));
                    pruning.total();
                });
    }

    static Command volumes() {
        return new PruneCommand(
                "volume",
                "Remove unused local volumes",
                List.of(all("Remove all unused volumes, not just anonymous ones")),
                arguments -> arguments.is("all")
                        ? "This will remove all local volumes not used by at least one container."
                        : "This will remove anonymous local volumes not used by at least one container.",
                (pruning, arguments) -> {
                    pruning.volumes(arguments.list("filter"), arguments.is("all"));
                    pruning.total();
                });
    }

    static Command networks() {
        return new PruneCommand(
                "network",
                "Remove all unused networks",
                List.of(),
                arguments -> "This will remove all custom networks not used by at least one container.",
                (pruning, arguments) -> pruning.networks(arguments.list("filter")));
    }

    static Command builder() {
        return new PruneCommand(
                "builder",
                "Remove build cache",
                List.of(
                        all("Remove all unused build cache, not just dangling ones"),
                        Option.value("keep-storage", (char) 0, "bytes", "Amount of disk space to keep for cache")),
                arguments -> arguments.is("all")
                        ? "This will remove all build cache."
                        : "This will remove all dangling build cache.",
                (pruning, arguments) -> {
                    String keep = arguments.get("keep-storage");
                    pruning.builds(
                            arguments.list("filter"), arguments.is("all"), keep == null ? 0 : Units.parseSize(keep));
                    pruning.total();
                });
    }

    static Command system() {
        return new PruneCommand(
                "system",
                "Remove unused data",
                List.of(
                        all("Remove all unused images not just dangling ones"),
                        Option.flag("volumes", (char) 0, "Prune anonymous volumes")),
                PruneCommand::everything,
                (pruning, arguments) -> {
                    List<String> filters = arguments.list("filter");
                    pruning.containers(filters);
                    pruning.networks(filters);
                    if (arguments.is("volumes")) {
                        pruning.volumes(filters, false);
                    }
                    pruning.images(filters, arguments.is("all"));
                    pruning.builds(filters, arguments.is("all"), 0);
                    pruning.total();
                });
    }

    private static String everything(Arguments arguments) {
        boolean all = arguments.is("all");
        List<String> filters = arguments.list("filter");
        if (arguments.is("volumes") && filters.stream().anyMatch(filter -> filter.startsWith("until="))) {
            throw new CliException("The \"until\" filter is not supported with \"--volumes\"");
        }
        var text = new StringBuilder("""
                This will remove:
                  - all stopped containers
                  - all networks not used by at least one container
                """);
        if (arguments.is("volumes")) {
            text.append("  - all anonymous volumes not used by at least one container\n");
        }
        text.append(
                all
                        ? "  - all images without at least one container associated to them\n  - all build cache\n"
                        : "  - all dangling images\n  - unused build cache\n");
        if (!filters.isEmpty()) {
            text.append("\n  Items to be pruned will be filtered with:\n");
            filters.stream()
                    .sorted()
                    .forEach(filter -> text.append("  - ").append(filter).append('\n'));
        }
        return text.toString();
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException {
        String warning = question.apply(arguments);
        if (arguments.is("force") || confirmed(session, "WARNING! " + warning)) {
            work.run(new Pruning(session), arguments);
        }
        return 0;
    }

    /** Asks; only a yes is one. */
    static boolean confirmed(Session session, String warning) throws IOException {
        session.out().print(warning + "\nAre you sure you want to continue? [y/N] ");
        session.out().flush();
        @Nullable
        String answer = new BufferedReader(new InputStreamReader(session.in(), Charset.defaultCharset())).readLine();
        return answer != null && answer.strip().toLowerCase(Locale.ROOT).equals("y");
    }
}
