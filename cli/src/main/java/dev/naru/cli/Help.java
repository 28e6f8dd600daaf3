package dev.naru.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** The overview of all commands, and of a group's. */
final class Help {
    private Help() {}

    static void overview(PrintStream out) {
        out.println("Usage:  naru [OPTIONS] COMMAND");
        out.println();
        out.println("A container engine for Linux");
        section(out, "Common Commands:", "", CommandTable.COMMON);
        out.println();
        out.println("Management Commands:");
        CommandTable.GROUPS.forEach(group -> out.println("  " + pad(group) + summary(group)));
        section(out, "Commands:", "", CommandTable.OTHERS);
        out.println();
        out.println("Global Options:");
        new RootCommand().options(out);
        out.println();
        out.println("Run 'naru COMMAND --help' for more information on a command.");
    }

    static void group(String group, PrintStream out) {
        out.println("Usage:  naru " + group + " COMMAND");
        out.println();
        out.println(summary(group));
        section(out, "Commands:", group, CommandTable.members(group));
        out.println();
        out.println("Run 'naru " + group + " COMMAND --help' for more information on a command.");
    }

    static String summary(String group) {
        return switch (group) {
            case "builder" -> "Manage builds";
            case "manifest" -> "Manage image manifests and manifest lists";
            case "system" -> "Manage Naru";
            default -> "Manage " + group + "s";
        };
    }

    private static void section(PrintStream out, String title, String group, List<String> names) {
        out.println();
        out.println(title);
        for (String name : names) {
            var words = new ArrayList<>(group.isEmpty() ? List.of(name) : List.of(group, name));
            Command command = CommandTable.find(words);
            out.println("  " + pad(name) + (command == null ? "" : command.summary()));
        }
    }

    private static String pad(String name) {
        return name + " ".repeat(Math.max(1, 12 - name.length()));
    }
}
