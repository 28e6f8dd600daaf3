package dev.naru.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.stream.Stream;

/** A directory for a relay of its own; {@link #close} ends the process. */
final class RelayLab implements AutoCloseable {
    private final Path directory;
    private final SideProgram program;

    /** @param options what the program is told besides its directory */
    RelayLab(String... options) {
        try {
            directory = Files.createTempDirectory("naru-relay-test");
            SideProgram real = SideProgram.extracted(directory.resolve("libexec"), SideProgram.RELAY);
            program = options.length == 0 ? real : with(options, real.path());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private SideProgram with(String[] options, Path real) throws IOException {
        Path told = Files.createDirectories(directory.resolve("told"));
        Path script = Files.writeString(
                told.resolve(SideProgram.RELAY),
                "#!/bin/sh\nexec " + real + " " + String.join(" ", options) + " \"$@\"\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return SideProgram.installed(told, SideProgram.RELAY);
    }

    /** What an engine has of it. */
    PortRelay open() {
        return new PortRelay(program, directory);
    }

    Optional<ProcessHandle> process() throws IOException {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes
                    .filter(path -> path.getFileName().toString().matches("[0-9]+"))
                    .filter(this::isOurs)
                    .findFirst()
                    .flatMap(path ->
                            ProcessHandle.of(Long.parseLong(path.getFileName().toString())));
        }
    }

    private boolean isOurs(Path process) {
        try {
            String line = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
            return line.contains("/naru-relay\0") && line.endsWith("\0" + directory + "\0") && !line.contains("/told/");
        } catch (IOException ended) {
            return false;
        }
    }

    /** What it has open. */
    long descriptors() throws IOException {
        Path own = Path.of("/proc/" + process().orElseThrow().pid() + "/fd");
        try (Stream<Path> all = Files.list(own)) {
            return all.count();
        }
    }

    /** What it takes of the memory, its share of what others have too (PSS), in bytes. */
    long memory() throws IOException {
        Path own = Path.of("/proc/" + process().orElseThrow().pid() + "/smaps_rollup");
        try (Stream<String> lines = Files.lines(own)) {
            String line =
                    lines.filter(each -> each.startsWith("Pss:")).findFirst().orElseThrow();
            return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
        }
    }

    /** Waits until it has so many open. */
    void awaitDescriptors(long count) throws IOException, InterruptedException {
        long end = System.nanoTime() + 30_000_000_000L;
        while (descriptors() != count && System.nanoTime() < end) {
            Thread.sleep(20);
        }
        assertThat(descriptors()).isEqualTo(count);
    }

    /** Kills it as {@code kill -9} does. */
    void kill() throws IOException {
        process().ifPresent(running -> {
            running.destroyForcibly();
            running.onExit().join();
        });
    }

    @Override
    public void close() throws IOException {
        kill();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }
}
