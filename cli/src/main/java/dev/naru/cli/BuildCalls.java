package dev.naru.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/** What a Dockerfile is asked instead of being built ({@code --call}, {@code --check}). */
final class BuildCalls {
    private BuildCalls() {}

    /** The request's name; empty for an ordinary build. */
    static String request(Arguments arguments) {
        String name = name(arguments);
        return switch (name) {
            case "", "build" -> "";
            case "check", "lint" -> "frontend.lint";
            case "outline", "targets", "subrequests.describe" -> "frontend." + name;
            // No pattern: a switch with one takes milliseconds to link, in every build.
            default -> {
                if (!name.startsWith("frontend.")) {
                    throw new CliException("unknown call " + name + ": use build, check, outline or targets");
                }
                yield name;
            }
        };
    }

    private static String name(Arguments arguments) {
        return arguments.is("check")
                ? "check"
                : Csv.split(arguments.get("call", "build")).getFirst();
    }

    /** Shows the answer; answers the exit code. */
    static int show(Arguments arguments, Map<String, String> answer, PrintStream out) {
        boolean json = false;
        List<String> fields = Csv.split(arguments.get("call", "build"));
        for (String field : fields.subList(1, fields.size())) {
            switch (field) {
                case "format=json" -> json = true;
                case "format=text" -> json = false;
                default -> throw new CliException("unknown option " + field + " of --call");
            }
        }
        String text = answer.getOrDefault(json ? "frontend.result.json" : "frontend.result.txt", "");
        boolean lint = request(arguments).equals("frontend.lint");
        if (text.isBlank() && lint && !json) {
            out.println("Check complete, no warnings found.");
        } else {
            out.print(text.endsWith("\n") ? text : text + "\n");
        }
        return lint && !answer.getOrDefault("frontend.result.statuscode", "0").equals("0") ? 1 : 0;
    }
}
