package dev.naru.cli;

/** The engine's answer was an error. */
final class EngineRefusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;

    EngineRefusal(int status, String message) {
        super(message);
        this.status = status;
    }

    /** The HTTP status. */
    int status() {
        return status;
    }
}
