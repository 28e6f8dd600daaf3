package dev.naru.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The command line's program. */
public final class Naru {
    static final String DEFAULT_HOST = "unix:///run/naru.sock";

    private Naru() {}

    public static void main(String[] words) {
        var out = new PrintStream(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 8192),
                false,
                StandardCharsets.UTF_8);
        var err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        int code = run(List.of(words), new FileInputStream(FileDescriptor.in), out, err);
        out.flush();
        // Threads that wait for input or signals must not hold the end back.
        Runtime.getRuntime().halt(code);
    }

    /** Runs a command line; answers its exit code. */
    static int run(List<String> words, InputStream in, PrintStream out, PrintStream err) {
        try {
            return command(words, in, out, err);
        } catch (CliException e) {
            out.flush();
            if (!String.valueOf(e.getMessage()).isEmpty()) {
                err.println(e.getMessage());
            }
            return e.code();
        } catch (EngineRefusal e) {
            out.flush();
            err.println("Error response from daemon: " + e.getMessage());
            return 1;
        } catch (IOException e) {
            out.flush();
            err.println("naru: " + e.getMessage());
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 130;
        }
    }

    private static int command(List<String> words, InputStream in, PrintStream out, PrintStream err)
            throws IOException, InterruptedException {
        String host = host();
        int at = 0;
        while (at < words.size() && words.get(at).startsWith("-")) {
            String word = words.get(at++);
            switch (word) {
                case "-H", "--host" -> {
                    if (at == words.size()) {
                        throw new CliException(125, "flag needs an argument: " + word);
                    }
                    host = words.get(at++);
                }
                case "-v", "--version" -> {
                    out.println("Naru version " + version());
                    return 0;
                }
                case "-h", "--help" -> {
                    Help.overview(out);
                    return 0;
                }
                default -> {
                    if (word.startsWith("--host=")) {
                        host = word.substring(7);
                    } else {
                        throw new CliException(
                                125, "unknown flag: " + word + "\n\nRun 'naru --help' for more information");
                    }
                }
            }
        }
        if (at == words.size()) {
            Help.overview(out);
            return 0;
        }
        var rest = new ArrayList<>(words.subList(at, words.size()));
        Command command = CommandTable.find(rest);
        if (command == null) {
            return unknown(words.get(at), rest, out);
        }
        if (asksForHelp(command, rest)) {
            command.help(out);
            return 0;
        }
        Arguments arguments = Arguments.parse(command, rest);
        command.checkOperands(arguments);
        try (EngineConnection engine = new SocketConnection(host)) {
            return command.run(new Session(engine, in, out, err), arguments);
        }
    }

    private static int unknown(String word, List<String> rest, PrintStream out) {
        if (CommandTable.isGroup(word)) {
            Help.group(word, out);
            return rest.isEmpty() || rest.getFirst().equals("--help") ? 0 : 1;
        }
        throw new CliException("naru: '" + word + "' is not a naru command.\nSee 'naru --help'");
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

    private static String host() {
        String own = System.getenv("NARU_HOST");
        String docker = System.getenv("DOCKER_HOST");
        return first(own, first(docker, DEFAULT_HOST));
    }

    private static String first(@Nullable String value, String otherwise) {
        return value == null || value.isEmpty() ? otherwise : value;
    }

    static String version() {
        String version = Naru.class.getPackage().getImplementationVersion();
        return version == null ? "0.1.0" : version.replace("-SNAPSHOT", "");
    }
}
