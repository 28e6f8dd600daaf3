package dev.naru.build;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;

/** Runs the process of a step in a container. */
@FunctionalInterface
public interface StepRunner {
    /**
     * Runs it to its end. An interrupt kills it. When this returns or throws nothing of the container is left.
     *
     * @return its exit code, 128 + n when signal n killed it
     */
    int run(StepContainer step, StepOutput output) throws InterruptedException;

    /**
     * Runs it and talks with it over its standard input and output, until either is done; the process does not outlive the
     * talk.
     *
     * @param output takes its standard error
     * @return its exit code, -1 when it had to be killed
     */
    default int talk(StepContainer step, Talk talk, StepOutput output) throws InterruptedException {
        throw new NaruException(ErrorKind.NOT_SUPPORTED, "cannot talk with the processes of steps", "", null);
    }

    /** The other end of a process' streams. */
    @FunctionalInterface
    interface Talk {
        /**
         * Talks.
         *
         * @param from what the process writes; its end when the process has ended
         * @param end breaks the talk off, from any thread
         */
        void talk(InputStream from, OutputStream to, Closeable end) throws IOException, InterruptedException;
    }

    /** Takes what the process writes. */
    interface StepOutput {
        /** Bytes of standard output (1) or error (2). */
        void write(int stream, byte[] bytes);
    }

    /**
     * What to run.
     *
     * @param id the container's id and the key of the snapshot that is its root, 64 hexadecimal digits
     * @param environment the execution's, with secrets
     * @param network the network of {@link Execution.Network#DEFAULT}, empty for the engine's default
     */
    record StepContainer(
            String id, Execution execution, List<String> environment, List<StepMount> mounts, String network) {
        public StepContainer {
            environment = List.copyOf(environment);
            mounts = List.copyOf(mounts);
        }
    }

    /** A mount besides the root and those that every container has. */
    sealed interface StepMount {
        String target();

        /** A file or directory of the host. */
        record Host(String target, Path source, boolean readOnly) implements StepMount {}

        /** A snapshot, or the file or directory in it that the selector names. */
        record Tree(String target, String snapshot, String selector, boolean readOnly) implements StepMount {}

        /** Memory. */
        record Memory(String target, long size) implements StepMount {}

        /** A file in memory. */
        record Secret(String target, byte[] content, int uid, int gid, int mode) implements StepMount {}

        /** The socket of an agent that the client has. */
        record Agent(String target, BuildSession.AgentLink link, int uid, int gid, int mode) implements StepMount {}
    }
}
