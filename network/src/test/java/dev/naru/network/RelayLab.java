package dev.naru.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** A directory for a relay of its own; {@link #close} ends the process. */
final class RelayLab implements AutoCloseable {
    private final Path directory;

    RelayLab() {
        try {
            directory = Files.createTempDirectory("naru-relay-test");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** What an engine has of it. */
    PortRelay open() {
        return new PortRelay(SideProgram.extracted(directory.resolve("libexec"), SideProgram.RELAY), directory);
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
            return line.contains("naru-relay\0" + directory + "\0");
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
