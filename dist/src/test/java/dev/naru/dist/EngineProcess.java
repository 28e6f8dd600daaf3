package dev.naru.dist;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** The distribution's engine as a process of its own, and its command line against it. */
final class EngineProcess implements AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();
    /** In place of an exit code: the command waited for too long and was ended. */
    static final int GIVEN_UP = -1;

    private static final Path DIST = Path.of(System.getProperty("naru.dist"));

    private final Path directory;
    private final String bridge;
    private final String address;
    private final String umask;
    private final List<String> options;
    private Process process;

    /** What a command did. */
    record Outcome(int code, String out, String err) {}

    EngineProcess(String... options) throws IOException, InterruptedException {
        this("022", List.of(options));
    }

    private EngineProcess(String umask, List<String> options) throws IOException, InterruptedException {
        this.umask = umask;
        this.options = List.copyOf(options);
        int number = COUNT.incrementAndGet();
        long pid = ProcessHandle.current().pid();
        directory = Files.createTempDirectory(Path.of("/var/tmp"), "naru-it");
        bridge = "ni" + pid % 100_000 + "x" + number;
        address = "10.253." + (pid + number) % 250 + ".1/24";
        start();
        importBusybox();
    }

    /** One that was started where new files are only their owner's. */
    static EngineProcess secretive() throws IOException, InterruptedException {
        return new EngineProcess("077", List.of());
    }

    void start() throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                "sh",
                "-c",
                "umask " + umask + "; exec \"$@\"",
                "sh",
                DIST.resolve("bin/narud").toString(),
                "-H",
                host(),
                "--data-root",
                directory.resolve("data").toString(),
                "--exec-root",
                directory.resolve("run").toString(),
                "--pidfile",
                directory.resolve("pid").toString(),
                "--bridge",
                bridge,
                "--bip",
                address));
        command.addAll(options);
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("log").toFile()))
                .start();
        process.getOutputStream().close();
        for (int i = 0; i < 1200; i++) {
            if (naru("version").code() == 0) {
                return;
            }
            if (!process.isAlive()) {
                break;
            }
            Thread.sleep(25);
        }
        throw new IllegalStateException("narud does not start: " + log());
    }

    String log() throws IOException {
        return Files.readString(directory.resolve("log"));
    }

    String host() {
        return "unix://" + directory.resolve("s");
    }

    /** The engine's process. */
    long pid() {
        return process.pid();
    }

    /** Its bridge's address with the length of the prefix. */
    String address() {
        return address;
    }

    String bridge() {
        return bridge;
    }

    Path directory() {
        return directory;
    }

    /** Ends the engine as a crash does. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Ends the engine as its owner does; containers go on. */
    void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }

    Outcome naru(String... words) throws IOException, InterruptedException {
        return run(new byte[0], words);
    }

    /** Runs it for a limited time, because the engine may not answer at all. */
    Outcome naruFor(int seconds, String... words) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(DIST.resolve("bin/naru").toString(), "-H", host()));
        command.addAll(List.of(words));
        Path out = Files.createTempFile(directory, "out", "");
        Process naru = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        boolean ended = naru.waitFor(seconds, TimeUnit.SECONDS);
        if (!ended) {
            naru.destroyForcibly().waitFor();
        }
        return new Outcome(ended ? naru.exitValue() : GIVEN_UP, Files.readString(out), "");
    }

    /** Runs it and answers what it printed; anything but exit code 0 is a failure. */
    String out(String... words) throws IOException, InterruptedException {
        Outcome outcome = naru(words);
        if (outcome.code() != 0) {
            throw new AssertionError("naru " + String.join(" ", words) + ": " + outcome);
        }
        return outcome.out().strip();
    }

    Outcome run(byte[] stdin, String... words) throws IOException, InterruptedException {
        var line = new ArrayList<>(List.of("-H", host()));
        line.addAll(List.of(words));
        return command(stdin, Map.of(), line);
    }

    /** The command line's program. */
    static Path program() {
        return DIST.resolve("bin/naru");
    }

    /** Runs the command line without saying where the engine is. */
    static Outcome command(Map<String, String> environment, String... words) throws IOException, InterruptedException {
        return command(new byte[0], environment, List.of(words));
    }

    private static Outcome command(byte[] stdin, Map<String, String> environment, List<String> words)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(program().toString()));
        command.addAll(words);
        var builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        Process naru = builder.start();
        var err = new ByteArrayOutputStream();
        Thread errors = Thread.ofVirtual().start(() -> copy(naru.getErrorStream(), err));
        Thread input = Thread.ofVirtual().start(() -> {
            try (var to = naru.getOutputStream()) {
                new ByteArrayInputStream(stdin).transferTo(to);
            } catch (IOException ended) {
                // It did not want all of it.
                return;
            }
        });
        var out = new ByteArrayOutputStream();
        copy(naru.getInputStream(), out);
        if (!naru.waitFor(120, TimeUnit.SECONDS)) {
            naru.destroyForcibly();
            throw new AssertionError("naru " + String.join(" ", words) + " does not end");
        }
        errors.join();
        input.join();
        return new Outcome(
                naru.exitValue(), out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static void copy(InputStream from, ByteArrayOutputStream to) {
        try {
            from.transferTo(to);
        } catch (IOException e) {
            to.writeBytes(String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8));
        }
    }

    private void importBusybox() throws IOException, InterruptedException {
        Path root = Files.createDirectories(directory.resolve("root"));
        for (String name : List.of("bin", "dev", "etc", "proc", "root", "sys", "tmp", "var")) {
            Files.createDirectory(root.resolve(name));
        }
        Files.copy(Path.of("/bin/busybox"), root.resolve("bin/busybox"));
        call("chmod", "755", root.resolve("bin/busybox").toString());
        call("chroot", root.toString(), "/bin/busybox", "--install", "-s", "/bin");
        Files.writeString(root.resolve("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
        Files.writeString(root.resolve("etc/group"), "root:x:0:\n");
        Path tar = directory.resolve("root.tar");
        call("tar", "-C", root.toString(), "-cf", tar.toString(), ".");
        out("import", "-c", "CMD [\"sh\"]", "-c", "ENV PATH=/bin", tar.toString(), "busybox:latest");
    }

    private static void call(String... command) throws IOException, InterruptedException {
        Process called = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(called.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (called.waitFor() != 0) {
            throw new AssertionError(String.join(" ", command) + ": " + text);
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        try {
            if (!process.isAlive()) {
                start();
            }
            for (String id : naru("ps", "-aq").out().split("\n", -1)) {
                if (!id.isEmpty()) {
                    naru("rm", "-f", "-v", id);
                }
            }
        } finally {
            stop();
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
