package dev.naru.build;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

    /**
     * Makes a container whose processes are started one by one. It lives as long as the first of them.
     *
     * @param step what it would execute does not count
     */
    default Processes open(StepContainer step) {
        throw new NaruException(ErrorKind.NOT_SUPPORTED, "cannot keep containers of steps", "", null);
    }

    /** The host's devices that steps may be given. */
    default List<StepDevice> devices() {
        return List.of();
    }

    /** Those that a name means: a full one, a kind for its first, a kind with {@code =*}, or a class. */
    default List<StepDevice> devices(String name) {
        return List.of();
    }

    /**
     * A device of the host, as its vendor describes it (Container Device Interface).
     *
     * @param name in full
     * @param allowed whether it may be had without being allowed to
     */
    record StepDevice(String name, boolean allowed, Map<String, String> annotations) {
        public StepDevice {
            annotations = Map.copyOf(annotations);
        }
    }

    /** A container that stays while processes come and go. For several threads. */
    interface Processes extends AutoCloseable {
        /**
         * Starts one.
         *
         * @throws NaruException COMMAND_NOT_FOUND or COMMAND_NOT_EXECUTABLE; CONFLICT when the first one has ended
         */
        RunningProcess start(ProcessOrder order) throws InterruptedException;

        /** The root as its processes see it, for naming only; empty while none runs. To be closed by the caller. */
        default Optional<Descriptor> root() {
            return Optional.empty();
        }

        /**
         * Shows the files that its processes see at a path, or would see if there were any.
         *
         * @param path absolute
         */
        default <T> T look(String path, Look<T> look) throws InterruptedException {
            throw new NaruException(ErrorKind.NOT_SUPPORTED, "cannot look into containers of steps", "", null);
        }

        /** Kills what runs. Nothing of the container is left. */
        @Override
        void close();
    }

    /** Is shown files. */
    @FunctionalInterface
    interface Look<T> {
        /**
         * Looks.
         *
         * @param path where they are in the tree
         */
        T at(ReadableTree tree, String path) throws IOException;
    }

    /**
     * What to start.
     *
     * @param environment all of it
     * @param input whether it has standard input
     */
    record ProcessOrder(
            List<String> arguments,
            List<String> environment,
            String directory,
            String user,
            boolean terminal,
            boolean input,
            Execution.Security security) {
        public ProcessOrder {
            arguments = List.copyOf(arguments);
            environment = List.copyOf(environment);
        }
    }

    /** A process, and its streams. */
    interface RunningProcess extends AutoCloseable {
        /** Hands on what it writes until it writes no more. With a terminal all of it is standard output. */
        void follow(StepOutput output);

        void write(byte[] input) throws IOException;

        /** It reads end-of-file then. */
        void endInput() throws IOException;

        /** Sends a signal by its name, with or without {@code SIG}. */
        void signal(String name);

        void resize(int rows, int columns);

        int awaitExit() throws InterruptedException;

        /** Lets go of its streams. */
        @Override
        void close();
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
     * @param devices of the host, by their full names
     * @param network the network of {@link Execution.Network#DEFAULT}, empty for the engine's default
     */
    record StepContainer(
            String id,
            Execution execution,
            List<String> environment,
            List<StepMount> mounts,
            List<String> devices,
            String network) {
        public StepContainer {
            devices = List.copyOf(devices);
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
