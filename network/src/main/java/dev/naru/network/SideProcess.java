package dev.naru.network;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.LinuxException;
import dev.naru.linux.PacketChannel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A process beside one engine instance, which outlives the engine; found by the socket in its directory. */
final class SideProcess {
    private final SideProgram program;
    private final Path directory;
    private final String socket;

    SideProcess(SideProgram program, Path directory, String socket) {
        this.program = requireNonNull(program, "program");
        this.directory = requireNonNull(directory, "directory");
        this.socket = requireNonNull(socket, "socket");
    }

    /** What its program is called. */
    String name() {
        return program.name();
    }

    /** A connection to the process that runs, if one does. */
    Optional<PacketChannel> find() {
        if (!Files.exists(directory.resolve(socket))) {
            return Optional.empty();
        }
        try {
            return Optional.of(PacketChannel.connect(directory, socket));
        } catch (LinuxException nobody) {
            return Optional.empty();
        }
    }

    /**
     * A connection to the process, which is started when none runs.
     *
     * @throws NaruException UNAVAILABLE when it can't be
     */
    PacketChannel connect() {
        Optional<PacketChannel> running = find();
        if (running.isPresent()) {
            return running.get();
        }
        try {
            start();
            return PacketChannel.connect(directory, socket);
        } catch (IOException | LinuxException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot start " + program.name(), failure);
        }
    }

    private void start() throws IOException {
        Files.createDirectories(directory);
        Process started = new ProcessBuilder(program.path().toString(), directory.toString())
                .redirectErrorStream(true)
                .start();
        started.getOutputStream().close();
        // Its first line tells that it listens, or why it does not; it writes no other.
        try (var said = new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8))) {
            String line = said.readLine();
            if (!"ready".equals(line)) {
                started.destroyForcibly();
                throw new NaruException(
                        ErrorKind.UNAVAILABLE,
                        "cannot start " + program.name(),
                        line == null ? "it ended at once" : line,
                        "see whether it is built for this machine");
            }
        }
    }

    /** Takes away the socket of a process that has ended. */
    void forget() {
        try {
            Files.deleteIfExists(directory.resolve(socket));
        } catch (IOException remains) {
            // The next process replaces it.
        }
    }
}
