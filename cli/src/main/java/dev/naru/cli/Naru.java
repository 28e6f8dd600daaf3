package dev.naru.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The command line's program. */
public final class Naru {
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
        } catch (java.io.FileNotFoundException | java.nio.file.NoSuchFileException e) {
            out.flush();
            String file = String.valueOf(e.getMessage());
            int reason = file.indexOf(" (");
            err.println("open "
                    + (reason < 0
                            ? file + ": no such file or directory"
                            : file.substring(0, reason) + ": "
                                    + file.substring(reason + 2, file.length() - 1)
                                            .toLowerCase(java.util.Locale.ROOT)));
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
        var root = new RootCommand();
        Arguments global = Arguments.parse(root, words);
        ConfigFile config = ConfigFile.at(global.get("config"));
        try (var session = new Session(new EngineChoice(global, config), config, in, out, err)) {
            return root.run(session, global);
        }
    }

    static String version() {
        String version = Naru.class.getPackage().getImplementationVersion();
        return version == null ? "0.1.0" : version.replace("-SNAPSHOT", "");
    }
}
