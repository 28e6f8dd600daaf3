package dev.naru.dist;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs a command of the host to its end, bounded in time. */
final class HostCommand {
    private static final int SECONDS = 90;

    private HostCommand() {}

    /** What a command did; both streams together. */
    record Outcome(int code, String text) {}

    static Outcome run(List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("naru-command", ".out");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .start();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new AssertionError(String.join(" ", command) + " does not end: " + Files.readString(output));
            }
            return new Outcome(
                    process.exitValue(), new String(Files.readAllBytes(output), StandardCharsets.UTF_8).strip());
        } finally {
            Files.delete(output);
        }
    }

    /** What it printed; anything but exit code 0 is a failure. */
    static String text(String... command) throws IOException, InterruptedException {
        Outcome outcome = run(List.of(command));
        if (outcome.code() != 0) {
            throw new AssertionError(String.join(" ", command) + ": " + outcome);
        }
        return outcome.text();
    }

    /** Where a program is. */
    static Optional<Path> find(String program) {
        return Stream.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** The files below a directory whose names end so. */
    static List<Path> files(Path directory, String ending) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(ending)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
