package dev.naru.api;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.http.Headers;
import dev.naru.wire.ErrorResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What a client sees of an error: the one table from kinds to statuses. */
final class ErrorAnswer {
    static final String PAGE_NOT_FOUND = "page not found";

    private ErrorAnswer() {}

    /** Takes away what only known pages say of the engine. */
    static void anonymous(Headers headers) {
        headers.remove("Api-Version");
        headers.remove("Docker-Experimental");
        headers.remove("Ostype");
    }

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
        if (error.what().equals(PAGE_NOT_FOUND)) {
            anonymous(call.exchange().headers());
        }
        ApiVersion asked = call.path().version();
        if (asked != null && asked.compareTo(ApiVersion.OLDEST) < 0) {
            // Clients before 1.24 take errors for text.
            call.exchange().headers().set("Content-Type", "text/plain; charset=utf-8");
            call.exchange().send(status, (error.getMessage() + "\n").getBytes(StandardCharsets.UTF_8));
        } else if (status == 304) {
            call.empty(status);
        } else {
            call.json(status, new ErrorResponse(error.getMessage()));
        }
    }
}
