package dev.naru.registry;

import java.io.IOException;

/** A server's answer that is an error; within this room, where hosts and attempts are tried in turn. */
final class RefusedException extends IOException {
    private static final long serialVersionUID = 1;

    private final int status;

    RefusedException(int status, String text) {
        super(text);
        this.status = status;
    }

    int status() {
        return status;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
