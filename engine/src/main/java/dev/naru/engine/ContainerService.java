package dev.naru.engine;

import dev.naru.wire.ContainerCreateRequest;
import dev.naru.wire.ContainerCreateResponse;
import dev.naru.wire.ContainerInspectResponse;
import dev.naru.wire.ContainerPruneResponse;
import dev.naru.wire.ContainerStatsResponse;
import dev.naru.wire.ContainerSummary;
import dev.naru.wire.ContainerTopResponse;
import dev.naru.wire.ContainerUpdateRequest;
import dev.naru.wire.ContainerUpdateResponse;
import dev.naru.wire.FilesystemChange;
import dev.naru.wire.PortChangeRequest;
import dev.naru.wire.PortReach;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Containers. {@code id} is an id, an unambiguous beginning of one, or a name, with or without a leading slash; what is
 * not found is a NOT_FOUND with Docker's text {@code No such container: x}.
 */
public interface ContainerService {
    /**
     * Makes a container.
     *
     * @param name null for a made-up one
     * @param platform {@code os[/arch[/variant]]}, null for the host's
     */
    ContainerCreateResponse create(@Nullable String name, @Nullable String platform, ContainerCreateRequest request);

    List<ContainerSummary> list(ListQuery query);

    ContainerInspectResponse inspect(String id, boolean size);

    /**
     * Starts it.
     *
     * @throws dev.naru.error.NaruException NOT_MODIFIED when it runs already
     */
    void start(String id, @Nullable String detachKeys);

    /**
     * Stops it with its stop signal, and kills it after a while.
     *
     * @param timeout seconds until the kill, negative to wait for ever, null for the container's own
     * @throws dev.naru.error.NaruException NOT_MODIFIED when it does not run
     */
    void stop(String id, @Nullable String signal, @Nullable Integer timeout);

    void restart(String id, @Nullable String signal, @Nullable Integer timeout);

    void kill(String id, @Nullable String signal);

    void pause(String id);

    void unpause(String id);

    void rename(String id, String name);

    ContainerUpdateResponse update(String id, ContainerUpdateRequest request);

    void remove(String id, boolean force, boolean volumes, boolean link);

    ContainerPruneResponse prune(Filters filters);

    /**
     * Registers a wait at once, so that nothing that happens after this call is missed.
     *
     * @param condition {@code not-running}, {@code next-exit} or {@code removed}
     */
    Waiter waiter(String id, String condition);

    /** Prepares an attachment; also to a container that does not run yet, which then loses none of its output. */
    StreamSession attach(String id, AttachQuery query);

    LogSession logs(String id, LogQuery query);

    /** Gives samples to the sink, one a second when {@code stream}; ends when interrupted or the sink throws. */
    void stats(String id, boolean stream, boolean oneShot, Consumer<ContainerStatsResponse> sink);

    ContainerTopResponse top(String id, @Nullable String psArguments);

    List<FilesystemChange> changes(String id);

    void export(String id, OutputStream tar);

    /**
     * What a path in the container is.
     *
     * @throws dev.naru.error.NaruException NOT_FOUND {@code Could not find the file /x in container y}
     */
    PathStat statPath(String id, String path);

    ArchiveSession archive(String id, String path);

    void extract(String id, String path, InputStream tar, boolean noOverwriteDirNonDir, boolean copyUidGid);

    /** Publishes ports of a container that exists, and ceases to, at once when it runs. */
    ContainerUpdateResponse changePorts(String id, PortChangeRequest request);

    /** Who reaches each published port of a running container, and which rule decides. */
    List<PortReach> explainPorts(String id);

    void resize(String id, int rows, int columns);

    /** What is listed: {@code limit} 0 for all; {@code limit} implies {@code all}. */
    record ListQuery(boolean all, int limit, boolean size, Filters filters) {}

    /** Which streams, whether the log is replayed first, and the keys that detach (null for ctrl-p,ctrl-q). */
    record AttachQuery(
            boolean stdin,
            boolean stdout,
            boolean stderr,
            boolean stream,
            boolean logs,
            @Nullable String detachKeys) {}

    /**
     * Which part of the log.
     *
     * @param since nanoseconds since 1970, 0 for the beginning
     * @param until nanoseconds since 1970, 0 for no end
     * @param tail lines from the end, -1 for all
     * @param details whether the attributes given by log options are shown
     */
    record LogQuery(
            boolean follow,
            boolean stdout,
            boolean stderr,
            long since,
            long until,
            boolean timestamps,
            int tail,
            boolean details) {}

    /** A registered wait. */
    interface Waiter extends AutoCloseable {
        /** Blocks until the condition is met. */
        Outcome await() throws InterruptedException;

        @Override
        void close();

        /** The exit code, and why the wait ended without one, or null. */
        record Outcome(int exitCode, @Nullable String error) {}
    }

    /** The recorded output of a container. */
    interface LogSession extends AutoCloseable {
        /** Whether the container has a terminal, so that its output is not framed. */
        boolean tty();

        /** Writes it, raw or in Docker's frames; while following, flushes as it comes and returns at the end. */
        void writeTo(OutputStream output) throws java.io.IOException;

        @Override
        void close();
    }

    /** A file or directory of a container on its way out. */
    interface ArchiveSession extends AutoCloseable {
        PathStat stat();

        void writeTo(OutputStream tar) throws java.io.IOException;

        @Override
        void close();
    }

    /**
     * What a path in a container is.
     *
     * @param mode as Go's os.FileMode has it: permission bits, directory 1<<31, link 1<<27, device 1<<26, ...
     * @param modified RFC 3339
     * @param linkTarget where a symbolic link leads; empty for other files
     */
    record PathStat(String name, long size, long mode, String modified, String linkTarget) {}
}
