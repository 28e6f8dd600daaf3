package dev.naru.runtime;

import dev.naru.oci.Process;
import dev.naru.oci.Resources;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A launched container, seen through the connection to its monitor. All calls may be made from any thread. */
public interface RunningContainer extends AutoCloseable {
    String id();

    /** The host's process id of the container's first process. */
    int pid();

    /** When that process was made, in the kernel's clock ticks after boot, so that a reused id is told apart. */
    long startTicks();

    /**
     * Connects to the first process's streams. Output produced from now on is delivered; what is attached before
     * {@link #start()} gets all of it.
     */
    Attachment attach(boolean stdin, boolean stdout, boolean stderr);

    /**
     * Lets the first process execute its program.
     *
     * @throws dev.naru.error.NaruException COMMAND_NOT_FOUND or COMMAND_NOT_EXECUTABLE when it can't be executed; the
     *     container is then gone
     */
    void start();

    /** Starts another process in the container's namespaces and control groups. It does not wait for its end. */
    RunningExec exec(ExecRequest request);

    /** Finds an exec that an earlier engine started. */
    Optional<RunningExec> adoptExec(String execId);

    /** Sends a signal to the first process. */
    void signal(int signal);

    /** Sets the terminal's size. */
    void resize(int rows, int columns);

    /** Ends standard input. */
    void closeStdin();

    /** Blocks until the first process has ended and all its output is in the log; answers at once afterwards. */
    ExitRecord awaitExit() throws InterruptedException;

    /** The recorded exit, when there is one already. */
    Optional<ExitRecord> exit();

    /** Freezes all processes; returns when they are frozen. */
    void pause();

    void resume();

    /** Changes limits; null members stay as they are. */
    void update(Resources resources);

    /** Reads the control groups' counters now. */
    ResourceUsage usage();

    /** The host's ids of all processes in the container. */
    List<Integer> pids();

    /** How often it ran out of memory until now. */
    long oomEvents();

    /** The file that the kernel tells changes of that by, for {@link MemoryAlarm}; empty without a memory controller. */
    Optional<Path> memoryEvents();

    /** Starts writing to a new log file after somebody moved the old one away, for drivers that rotate themselves. */
    void reopenLog();

    /**
     * Puts a compressed copy in the place of a rotated log file, wherever rotation has moved that meanwhile; drops the copy
     * when the file is no longer kept.
     *
     * @param compressed the copy, beside the log
     * @param inode of the file that it was made of
     */
    void replaceLog(Path compressed, long inode);

    /**
     * Ends what is left: kills remaining processes, removes control groups and the state directory. The exit record
     * stays. May be called again after a failure.
     */
    void delete();

    /** Drops the connection; the container goes on. */
    @Override
    void close();

    /**
     * What an exec runs.
     *
     * @param id the exec's id, 64 hexadecimal digits
     * @param process program, ids, environment, capabilities
     * @param streams how its streams are made
     * @param attachStdin whether a client will attach to standard input
     * @param attachStdout whether a client will attach to standard output
     * @param attachStderr whether a client will attach to standard error
     */
    record ExecRequest(
            String id,
            Process process,
            StandardStreams streams,
            boolean attachStdin,
            boolean attachStdout,
            boolean attachStderr) {}
}
