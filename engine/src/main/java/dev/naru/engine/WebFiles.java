package dev.naru.engine;

import dev.naru.build.RemoteFiles;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Files of builds over HTTP. */
final class WebFiles implements RemoteFiles {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern FILE_NAME = Pattern.compile("filename=\"?([^\";/]+)\"?");

    @Override
    public void fetch(String url, Consumer<Answer> read) {
        URI uri;
        try {
            uri = URI.create(url);
        } catch (IllegalArgumentException malformed) {
            throw NaruException.because(ErrorKind.INVALID, "invalid URL \"" + url + "\"", malformed);
        }
        // One for each fetch: it has threads of its own, and an engine seldom fetches.
        try (HttpClient client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(PATIENCE)
                .build()) {
            HttpResponse<InputStream> response = client.send(
                    HttpRequest.newBuilder(uri)
                            .header("Accept-Encoding", "identity")
                            .build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                if (response.statusCode() / 100 != 2) {
                    throw NaruException.notFound(
                            "cannot fetch " + url + ": the server answers with status " + response.statusCode());
                }
                read.accept(new Answer(
                        body,
                        response.headers()
                                .firstValue("Content-Disposition")
                                .map(FILE_NAME::matcher)
                                .filter(Matcher::find)
                                .map(found -> found.group(1))
                                .orElse(null),
                        response.headers()
                                .firstValue("Last-Modified")
                                .map(WebFiles::seconds)
                                .orElse(0L),
                        response.headers().firstValueAsLong("Content-Length").orElse(-1)));
            }
        } catch (IOException failure) {
            throw new NaruException(ErrorKind.UNAVAILABLE, "cannot fetch " + url, reason(failure), null, failure);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot fetch " + url, stopped);
        }
    }

    /** The JDK's client says why it cannot connect in a cause at best. */
    private static String reason(IOException failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            switch (each) {
                case java.nio.channels.UnresolvedAddressException unknown -> {
                    return "no such host";
                }
                case java.nio.channels.ClosedChannelException closed -> {
                    return "connection refused";
                }
                case Throwable other
                when other.getMessage() != null -> {
                    return String.valueOf(other.getMessage());
                }
                default -> {}
            }
        }
        return failure instanceof java.net.ConnectException
                ? "connection refused"
                : failure.getClass().getSimpleName();
    }

    private static long seconds(String date) {
        try {
            return ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toEpochSecond();
        } catch (DateTimeParseException odd) {
            return 0;
        }
    }
}
