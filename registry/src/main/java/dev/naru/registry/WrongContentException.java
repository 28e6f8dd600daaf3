package dev.naru.registry;

import java.io.IOException;

/** Content that is not what its name says; another host may have the right one. */
final class WrongContentException extends IOException {
    private static final long serialVersionUID = 1;

    WrongContentException(String message) {
        super(message);
    }
}
