package dev.naru.cli;

/** Ends a command with a message and an exit code. */
final class CliException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int code;

    CliException(int code, String message) {
        super(message);
        this.code = code;
    }

    /** An ordinary failure: exit code 1. */
    CliException(String message) {
        this(1, message);
    }

    int code() {
        return code;
    }
}
