package dev.naru.daemon;

import java.io.PrintStream;
import java.util.List;

/** The help text, made from the table of settings. */
final class Usage {
    private Usage() {}

    static void print(PrintStream out) {
        out.println("Usage: narud [OPTIONS]");
        out.println();
        out.println("The Naru container engine. Containers go on when it ends; the next one takes them over.");
        out.println();
        out.println("Options:");
        options(out, Setting.ALL);
        out.println();
        out.println("The same settings may stand in /etc/naru/daemon.json, with Docker's names.");
    }

    static void options(PrintStream out, List<Setting> settings) {
        for (Setting setting : settings) {
            String shorthand = setting.shorthand().isEmpty() ? "    " : "-" + setting.shorthand() + ", ";
            String form =
                    switch (setting.form()) {
                        case SWITCH -> "";
                        case TEXT -> " string";
                        case NUMBER -> " int";
                        case LIST, CACHE, PAIRS, DRIVER_OPTIONS, POOLS, ULIMITS -> " list";
                    };
            out.printf("  %s%-30s %s%n", shorthand, "--" + setting.flag() + form, setting.help());
        }
    }
}
