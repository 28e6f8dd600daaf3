package dev.naru.engine;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import org.jspecify.annotations.Nullable;

/** Docker's words for programs that can't be started; its command line derives exit codes from them. */
final class LaunchFailure {
    private static final String START = "failed to create task for container: OCI runtime create failed: ";
    private static final String EXEC = "OCI runtime exec failed: exec failed: ";

    private static final String CHDIR = "chdir to cwd (";

    private LaunchFailure() {}

    /** The error that a client of a start gets. */
    static NaruException ofStart(ContainerRecord container, RuntimeException cause) {
        return worded(START, container.path(), cause, "cannot start container \"" + container.name() + "\"");
    }

    /** @throws NaruException INTERNAL with Docker's text for a directory that is relative to nothing */
    static void requireAbsolute(@Nullable String directory) {
        if (!Values.text(directory).isEmpty() && !Values.text(directory).startsWith("/")) {
            throw new NaruException(ErrorKind.INTERNAL, EXEC + "Cwd must be an absolute path");
        }
    }

    /** The error that a client of an exec gets. */
    static NaruException ofExec(String program, RuntimeException cause) {
        String said = String.valueOf(cause.getMessage());
        int directory = said.indexOf(CHDIR);
        if (directory >= 0) {
            int end = said.indexOf("\"): ", directory);
            boolean missing = said.endsWith("no such file or directory");
            return new NaruException(
                    missing ? ErrorKind.COMMAND_NOT_FOUND : ErrorKind.COMMAND_NOT_EXECUTABLE,
                    EXEC + "unable to start container process: " + said.substring(directory, end + 2)
                            + " set in config.json failed: " + said.substring(end + 4));
        }
        return worded(EXEC, program, cause, "cannot start the process");
    }

    private static NaruException worded(String prefix, String program, RuntimeException cause, String what) {
        if (!(cause instanceof NaruException known)) {
            return NaruException.because(ErrorKind.INTERNAL, what, cause);
        }
        String quoted = "unable to start container process: exec: \"" + program + "\": ";
        return switch (known.kind()) {
            case COMMAND_NOT_FOUND -> {
                String reason = program.contains("/")
                        ? "stat " + program + ": no such file or directory"
                        : "executable file not found in $PATH";
                yield new NaruException(known.kind(), prefix + quoted + reason, "", null, known);
            }
            case COMMAND_NOT_EXECUTABLE ->
                new NaruException(known.kind(), prefix + quoted + "permission denied", "", null, known);
            // The request was to start something that exists: what is wrong with that is no fault of the request.
            case INVALID -> known.as(ErrorKind.INTERNAL);
            case NOT_FOUND, CONFLICT, NOT_MODIFIED, FORBIDDEN, UNAUTHORIZED, UNAVAILABLE, NOT_SUPPORTED, INTERNAL ->
                known;
        };
    }

    /** What the container's state shows after a failed start. */
    static int exitCode(NaruException failure) {
        return switch (failure.kind()) {
            case COMMAND_NOT_FOUND -> 127;
            case COMMAND_NOT_EXECUTABLE -> 126;
            case INVALID,
                    NOT_FOUND,
                    CONFLICT,
                    NOT_MODIFIED,
                    FORBIDDEN,
                    UNAUTHORIZED,
                    UNAVAILABLE,
                    NOT_SUPPORTED,
                    INTERNAL -> 128;
        };
    }
}
