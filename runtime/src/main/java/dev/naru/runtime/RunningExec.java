package dev.naru.runtime;

import java.util.Optional;

/** A process that was started beside a container's first one. */
public interface RunningExec extends AutoCloseable {
    String id();

    /** The host's process id. */
    int pid();

    /** The streams asked for in the request, connected before the program began; empty when none was asked for. */
    Optional<Attachment> attachment();

    void signal(int signal);

    void resize(int rows, int columns);

    /** Blocks until the process has ended; answers at once afterwards. */
    ExitRecord awaitExit() throws InterruptedException;

    /** The exit, when the process has ended. */
    Optional<ExitRecord> exit();

    @Override
    void close();
}
