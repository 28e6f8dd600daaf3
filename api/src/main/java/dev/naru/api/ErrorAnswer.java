package dev.naru.api;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.wire.ErrorResponse;
import java.io.IOException;

/** What a client sees of an error: the one table from kinds to statuses. */
final class ErrorAnswer {
    private ErrorAnswer() {}

    static int status(ErrorKind kind) {
        return switch (kind) {
            case INVALID -> 400;
            case NOT_FOUND -> 404;
            case CONFLICT -> 409;
            case NOT_MODIFIED -> 304;
            case FORBIDDEN -> 403;
            case UNAUTHORIZED -> 401;
            case UNAVAILABLE -> 503;
            case NOT_SUPPORTED -> 501;
            // The command line makes 127 and 126 of the words in the message, and wants 400 beside them.
            case COMMAND_NOT_FOUND, COMMAND_NOT_EXECUTABLE -> 400;
            case INTERNAL -> 500;
        };
    }

    static void send(Call call, NaruException error) throws IOException {
        int status = status(error.kind());
        if (status == 304) {
            call.empty(status);
        } else {
            call.json(status, new ErrorResponse(error.getMessage()));
        }
    }
}
