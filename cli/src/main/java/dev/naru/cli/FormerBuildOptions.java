package dev.naru.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.stream.Stream;

/**
 * Options of the classic builder that {@code docker build} still takes: scripts have them. What they ask for is done anyhow
 * ({@code --rm}), or told to have no effect.
 */
final class FormerBuildOptions {
    private static final List<Option> WITHOUT_EFFECT = List.of(
            value("cpu-period", (char) 0),
            value("cpu-quota", (char) 0),
            value("cpu-shares", 'c'),
            value("cpuset-cpus", (char) 0),
            value("cpuset-mems", (char) 0),
            value("isolation", (char) 0),
            value("memory", 'm'),
            value("memory-swap", (char) 0),
            Option.list("security-opt", (char) 0, "strings", ""),
            Option.flag("squash", (char) 0, ""));

    private static final List<Option> DONE_ANYHOW = List.of(
            Option.flag("compress", (char) 0, ""),
            Option.flag("force-rm", (char) 0, ""),
            Option.flag("rm", (char) 0, ""));

    private FormerBuildOptions() {}

    static List<Option> all() {
        return Stream.concat(WITHOUT_EFFECT.stream(), DONE_ANYHOW.stream()).toList();
    }

    private static Option value(String name, char letter) {
        return Option.value(name, letter, "string", "");
    }

    static void warn(Arguments arguments, PrintStream err) {
        for (Option option : WITHOUT_EFFECT) {
            if (arguments.has(option.name())) {
                err.println("WARNING: --" + option.name() + " has no effect on builds");
            }
        }
    }
}
