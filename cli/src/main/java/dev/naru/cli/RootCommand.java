package dev.naru.cli;

import java.io.IOException;
import java.util.List;

/** What stands before a command's name. */
final class RootCommand extends Command {
    RootCommand() {
        super(
                "",
                "[OPTIONS] COMMAND [ARG...]",
                "A container engine for Linux",
                0,
                Integer.MAX_VALUE,
                List.of(
                        Option.value("config", (char) 0, "string", "Location of client config files (DOCKER_CONFIG)"),
                        Option.value("context", 'c', "string", "Name of the context to use (overrides DOCKER_HOST)"),
                        Option.flag("debug", 'D', "Tell each request to the engine on standard error"),
                        Option.list(
                                "host",
                                'H',
                                "Engine to talk to (NARU_HOST, DOCKER_HOST; default " + EngineChoice.DEFAULT_HOST
                                        + ")"),
                        Option.value(
                                "log-level",
                                'l',
                                "string",
                                "debug does as --debug; info, warn, error or fatal (default \"info\")"),
                        Option.flag("tls", (char) 0, "Use TLS; implied by --tlsverify"),
                        Option.value("tlscacert", (char) 0, "string", "Trust certs signed only by this CA"),
                        Option.value("tlscert", (char) 0, "string", "Path to TLS certificate file"),
                        Option.value("tlskey", (char) 0, "string", "Path to TLS key file"),
                        Option.flag("tlsverify", (char) 0, "Use TLS and verify the remote"),
                        Option.flag("help", 'h', "Print usage and quit"),
                        Option.flag("version", 'v', "Print version information and quit")));
    }

    @Override
    boolean interspersed() {
        return false;
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException, InterruptedException {
        if (arguments.is("version")) {
            session.out().println("Naru version " + Naru.version());
            return 0;
        }
        List<String> words = arguments.operands();
        if (arguments.is("help") || words.isEmpty()) {
            Help.overview(session.out());
            return 0;
        }
        if (words.getFirst().equals("help")) {
            words.removeFirst();
            words.add("--help");
            if (words.size() == 1) {
                Help.overview(session.out());
                return 0;
            }
            if (!CommandTable.isGroup(words.getFirst())
                    && !CommandTable.single().contains(words.getFirst())) {
                throw new CliException("unknown help topic: " + words.getFirst());
            }
        }
        String first = words.getFirst();
        Command command = CommandTable.find(words);
        if (command == null) {
            return unknown(session, first, words);
        }
        if (asksForHelp(command, words) && !first.equals("__complete")) {
            command.help(session.out());
            return 0;
        }
        Arguments its = Arguments.parse(command, words);
        command.checkOperands(its);
        return command.run(session, its);
    }

    private static int unknown(Session session, String first, List<String> rest) {
        if (!CommandTable.isGroup(first)) {
            throw new CliException(
                    "naru: unknown command: naru " + first + "\n\nRun 'naru --help' for more information");
        }
        if (rest.isEmpty() || rest.getFirst().startsWith("-")) {
            Help.group(first, rest.isEmpty() ? session.err() : session.out());
            return 0;
        }
        throw new CliException("naru: unknown command: naru " + first + " " + rest.getFirst()
                + "\n\nUsage:  naru " + first + "\n\nRun 'naru " + first
                + " --help' for more information");
    }

    private static boolean asksForHelp(Command command, List<String> rest) {
        for (String word : rest) {
            if (word.equals("--help")) {
                return true;
            }
            if ((!command.interspersed() && !word.startsWith("-")) || word.equals("--")) {
                return false;
            }
        }
        return false;
    }
}
