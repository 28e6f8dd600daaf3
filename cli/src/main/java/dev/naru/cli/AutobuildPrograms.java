package dev.naru.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Programs that automated builds run: git, hooks, Compose. They end with this process. */
final class AutobuildPrograms {
    private volatile boolean stopping;

    AutobuildPrograms() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop));
    }

    private void stop() {
        stopping = true;
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroy);
    }

    /** What a program prints; its errors become the message. */
    String output(Path directory, List<String> command) throws IOException, InterruptedException {
        Process process = start(directory, Map.of(), command, true);
        try (InputStream in = process.getInputStream()) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new CliException(command.getFirst() + " failed: " + text.strip());
            }
            return text;
        } finally {
            process.destroyForcibly();
        }
    }

    /**
     * Runs a program to its end; what it prints goes to the log.
     *
     * @throws CliException when it fails
     */
    void run(Path directory, Map<String, String> environment, PrintStream log, List<String> command)
            throws IOException, InterruptedException {
        int code = code(directory, environment, log, command);
        if (code != 0) {
            throw new CliException(
                    String.join(" ", command.subList(0, Math.min(command.size(), 8))) + " ended with " + code);
        }
    }

    int code(Path directory, Map<String, String> environment, PrintStream log, List<String> command)
            throws IOException, InterruptedException {
        Process process = start(directory, environment, command, true);
        try (InputStream in = process.getInputStream()) {
            in.transferTo(log);
            log.flush();
            return process.waitFor();
        } finally {
            process.destroyForcibly();
        }
    }

    private Process start(Path directory, Map<String, String> environment, List<String> command, boolean together)
            throws IOException {
        if (stopping) {
            throw new CliException("stopping");
        }
        var builder = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(together);
        builder.environment().putAll(environment);
        builder.environment().put("GIT_TERMINAL_PROMPT", "0");
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            return process;
        } catch (IOException absent) {
            throw new CliException("cannot run " + command.getFirst() + ": " + absent.getMessage()
                    + "; automated builds need it on this host");
        }
    }
}
