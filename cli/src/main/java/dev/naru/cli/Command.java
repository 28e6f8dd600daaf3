package dev.naru.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One command: its words, its options, and what it does. */
abstract class Command {
    private final String name;
    private final String synopsis;
    private final String summary;
    private final int least;
    private final int most;
    private final List<Option> options;

    /**
     * @param name as typed after {@code naru}, such as {@code image ls}
     * @param synopsis what follows it in the usage line
     * @param least how many operands it needs
     * @param most how many it takes
     */
    Command(String name, String synopsis, String summary, int least, int most, List<Option> options) {
        this.name = name;
        this.synopsis = synopsis;
        this.summary = summary;
        this.least = least;
        this.most = most;
        this.options = options;
    }

    /** Runs it; answers the exit code. */
    abstract int run(Session session, Arguments arguments) throws IOException, InterruptedException;

    /** Whether words that look like options are operands, too. */
    boolean raw() {
        return false;
    }

    /** Whether options may follow operands. */
    boolean interspersed() {
        return true;
    }

    final String name() {
        return name;
    }

    final String summary() {
        return summary;
    }

    final List<Option> options() {
        return options;
    }

    final @Nullable Option option(String longName) {
        for (Option option : options) {
            if (option.name().equals(longName)) {
                return option;
            }
        }
        return switch (longName) {
            // Names from older days that still work.
            case "net" -> option("network");
            case "net-alias" -> option("network-alias");
            case "dns-opt" -> option("dns-option");
            case "time" -> option("timeout");
            default -> null;
        };
    }

    final @Nullable Option option(char letter) {
        for (Option option : options) {
            if (option.letter() == letter) {
                return option;
            }
        }
        return null;
    }

    /** What is wrong with an option, in Docker's words and with Docker's code. */
    final CliException usage(String problem) {
        return usage(125, problem, "Run");
    }

    private CliException usage(int code, String problem, String look) {
        return new CliException(
                code,
                problem + "\n\nUsage:  naru " + line(synopsis) + "\n\n" + look + " 'naru " + line("--help")
                        + "' for more information");
    }

    private String line(String more) {
        return name.isEmpty() ? more : name + " " + more;
    }

    final void checkOperands(Arguments arguments) {
        int count = arguments.operands().size();
        if (count >= least && count <= most) {
            return;
        }
        boolean fewer = least != most && count < least;
        String wanted = most == 0
                ? "accepts no arguments"
                : least == most
                        ? "requires " + least + " argument" + (least == 1 ? "" : "s")
                        : fewer
                                ? "requires at least " + least + " argument" + (least == 1 ? "" : "s")
                                : "requires at most " + most + " argument" + (most == 1 ? "" : "s");
        throw usage(1, "naru: 'naru " + name + "' " + wanted, fewer ? "See" : "Run");
    }

    final void help(PrintStream out) {
        out.println("Usage:  naru " + name + " " + synopsis);
        out.println();
        out.println(summary);
        List<String> names = CommandTable.names(name);
        if (names.size() > 1) {
            out.println();
            out.println("Aliases:");
            out.println("  naru " + String.join(", naru ", names));
        }
        if (!options.isEmpty()) {
            out.println();
            out.println("Options:");
            options(out);
        }
    }

    /** Prints the options by name, one a line. */
    final void options(PrintStream out) {
        int width = 0;
        List<Option> shown =
                options.stream().filter(option -> !option.isFormer()).toList();
        for (Option option : shown) {
            width = Math.max(width, option.name().length() + 1 + option.type().length());
        }
        var sorted = new ArrayList<>(shown);
        sorted.sort(Comparator.comparing(Option::name));
        for (Option option : sorted) {
            String left = option.name() + (option.type().isEmpty() ? "" : " " + option.type());
            out.println("  " + (option.letter() == 0 ? "    " : "-" + option.letter() + ", ") + "--" + left
                    + " ".repeat(width + 3 - left.length()) + option.help());
        }
    }
}
