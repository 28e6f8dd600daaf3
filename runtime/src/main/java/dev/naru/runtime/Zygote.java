package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The process that monitors are forked from; one for an engine, started again when it is found dead. */
final class Zygote implements AutoCloseable {
    private static final String SOCKET = "zygote.sock";

    private final MonitorBinary binary;
    private final Path directory;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Process process;

    Zygote(MonitorBinary binary, Path directory) {
        this.binary = requireNonNull(binary, "binary");
        this.directory = requireNonNull(directory, "directory");
    }

    /** A connection on which a new monitor waits for its launch request. */
    MonitorSocket connect() throws IOException {
        ensure();
        return MonitorSocket.connect(directory, SOCKET);
    }

    private void ensure() throws IOException {
        lock.lock();
        try {
            if (process == null || !process.isAlive()) {
                process = start();
            }
        } finally {
            lock.unlock();
        }
    }

    private Process start() throws IOException {
        Files.createDirectories(directory);
        Process started = new ProcessBuilder(binary.path().toString(), "zygote", directory.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        // Its first line tells that it listens; it writes no other.
        BufferedReader said =
                new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
        String line = said.readLine();
        if (!"ready".equals(line)) {
            started.destroyForcibly();
            throw new NaruException(
                    ErrorKind.INTERNAL,
                    "cannot start " + binary.path(),
                    line == null ? "it ended at once" : line,
                    "see whether it is built for this machine");
        }
        return started;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (process != null) {
                // The end of its standard input ends it; monitors go on.
                process.getOutputStream().close();
                process.waitFor();
                Files.deleteIfExists(directory.resolve(SOCKET));
            }
            process = null;
        } catch (IOException e) {
            throw NaruException.because(ErrorKind.INTERNAL, "cannot stop the monitors' zygote", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}
