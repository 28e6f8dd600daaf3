package dev.naru.build;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hears of a build while it goes on, from many threads at once. */
public interface BuildProgress {
    /**
     * A vertex as progress sees it.
     *
     * @param digest {@code sha256:…}, the same for the same definition
     * @param inputs the digests of those it depends on
     */
    record Step(String digest, List<String> inputs, Vertex.Label label) {
        public Step {
            inputs = List.copyOf(inputs);
        }
    }

    /** Work on it begins. */
    default void started(Step step) {}

    /** Its container has been given an id, 64 hexadecimal digits. */
    default void running(Step step, String container) {}

    /**
     * It is done.
     *
     * @param cached whether the result was there
     * @param result the name of its file tree, stable for the same result
     */
    default void completed(Step step, boolean cached, String result) {}

    /** It has failed, or was stopped. */
    default void failed(Step step, StepFailure failure) {}

    /**
     * Output of a process.
     *
     * @param stream 1 standard output, 2 standard error
     */
    default void output(Step step, int stream, byte[] bytes) {}

    /**
     * A transfer or the like within a step.
     *
     * @param id what it is, as {@code transferring context:}
     * @param total 0 when unknown
     * @param done whether it is finished
     */
    default void moved(Step step, String id, long current, long total, boolean done) {}

    default void warning(Step step, BuildWarning warning) {}

    /**
     * Why a step failed.
     *
     * @param command what was executed, empty when the step is no execution
     * @param exitCode of the command, -1 when it did not exit by itself
     * @param step null when nothing was kept of it
     */
    record StepFailure(
            String message,
            List<String> command,
            int exitCode,
            Vertex.@Nullable SourceRange source,
            @Nullable FailedStep step) {
        private static final String CANCELED = "canceled";

        public StepFailure {
            command = List.copyOf(command);
        }

        /** Nothing is kept. */
        public StepFailure(String message, List<String> command, int exitCode, Vertex.@Nullable SourceRange source) {
            this(message, command, exitCode, source, null);
        }

        /** It was stopped, because another step has failed or nobody wants it any more. */
        static StepFailure canceled(Vertex.@Nullable SourceRange source) {
            return new StepFailure(CANCELED, List.of(), -1, source);
        }

        public boolean isCanceled() {
            return message.equals(CANCELED);
        }

        /** Of something else than a command. */
        public static StepFailure of(String message) {
            return new StepFailure(message, List.of(), -1, null);
        }
    }

    /** Nobody listens. */
    static BuildProgress none() {
        return new BuildProgress() {};
    }
}
