package dev.naru.registry;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;

/** What went wrong with a registry, in the caller's terms. */
final class RegistryFailure {
    private RegistryFailure() {}

    static NaruException of(String what, RegistryHost host, IOException cause) {
        String text = "cannot " + what;
        return switch (cause) {
            case RefusedException refused -> of(text, refused);
            case WrongContentException wrong -> new NaruException(ErrorKind.INVALID, text, reason(wrong), null, wrong);
            default ->
                new NaruException(
                        ErrorKind.UNAVAILABLE, text, "Get \"" + host.base() + "/\": " + reason(cause), null, cause);
        };
    }

    private static NaruException of(String what, RefusedException refused) {
        ErrorKind kind =
                switch (refused.status()) {
                    case 401 -> ErrorKind.UNAUTHORIZED;
                    case 403 -> ErrorKind.FORBIDDEN;
                    case 404 -> ErrorKind.NOT_FOUND;
                    case 400, 405, 413, 415, 416 -> ErrorKind.INVALID;
                    default -> ErrorKind.UNAVAILABLE;
                };
        return new NaruException(kind, what, refused.text(), null, refused);
    }

    /** The innermost words that say something. */
    static String reason(IOException failure) {
        if (failure instanceof HttpTimeoutException) {
            return "context deadline exceeded (the server does not answer)";
        }
        if (failure instanceof InterruptedIOException) {
            return "context canceled";
        }
        Throwable at = failure;
        String text = null;
        for (int i = 0; at != null && i < 8; i++, at = at.getCause()) {
            if (at instanceof UnresolvedAddressException || at instanceof UnknownHostException) {
                return "no such host";
            }
            if (at.getMessage() != null && !at.getMessage().isEmpty()) {
                text = at.getMessage();
            }
        }
        return text != null ? text : failure instanceof ConnectException ? "connection refused" : failure.toString();
    }
}
