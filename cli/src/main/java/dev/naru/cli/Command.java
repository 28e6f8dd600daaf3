package dev.naru.cli;

import java.io.IOException;
import java.io.PrintStream;
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

    /** Whether options may follow operands. */
    boolean interspersed() {
        return true;
    }

    /** The exit code of a mistake in the command line. */
    int usageCode() {
        return 1;
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
        return null;
    }

    final @Nullable Option option(char letter) {
        for (Option option : options) {
            if (option.letter() == letter) {
                return option;
            }
        }
        return null;
    }

    final CliException usage(String problem) {
        return new CliException(
                usageCode(),
                problem + "\n\nUsage:  naru " + name + " " + synopsis + "\n\nRun 'naru " + name
                        + " --help' for more information");
    }

    final void checkOperands(Arguments arguments) {
        int count = arguments.operands().size();
        if (count >= least && count <= most) {
            return;
        }
        String wanted = least == most
                ? "requires " + least + " argument" + (least == 1 ? "" : "s")
                : count < least
                        ? "requires at least " + least + " argument" + (least == 1 ? "" : "s")
                        : "requires at most " + most + " argument" + (most == 1 ? "" : "s");
        throw usage("naru: 'naru " + name + "' " + wanted);
    }

    final void help(PrintStream out) {
        out.println("Usage:  naru " + name + " " + synopsis);
        out.println();
        out.println(summary);
        if (options.isEmpty()) {
            return;
        }
        out.println();
        out.println("Options:");
        int width = 0;
        for (Option option : options) {
            width = Math.max(width, option.name().length() + option.type().length());
        }
        for (Option option : options) {
            String left = option.name() + (option.type().isEmpty() ? "" : " " + option.type());
            out.println("  " + (option.letter() == 0 ? "    " : "-" + option.letter() + ", ") + "--" + left
                    + " ".repeat(width + 4 - left.length()) + option.help());
        }
    }
}
