package dev.naru.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs command lines in this process, with a configuration of their own. */
final class Shell {
    private final List<String> before;

    Shell(Path configuration, String... before) {
        this.before = new ArrayList<>(List.of("--config", configuration.toString()));
        this.before.addAll(List.of(before));
    }

    /** What a command line did. */
    record Outcome(int code, String out, String err) {}

    Outcome run(String... words) {
        return run(new byte[0], words);
    }

    Outcome run(byte[] stdin, String... words) {
        var line = new ArrayList<>(before);
        line.addAll(List.of(words));
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var stdout = new PrintStream(out, false, StandardCharsets.UTF_8);
        int code = Naru.run(
                line, new ByteArrayInputStream(stdin), stdout, new PrintStream(err, true, StandardCharsets.UTF_8));
        stdout.flush();
        return new Outcome(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
