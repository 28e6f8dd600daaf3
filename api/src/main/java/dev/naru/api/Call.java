package dev.naru.api;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.Engine;
import dev.naru.engine.Filters;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.http.Exchange;
import dev.naru.http.Query;
import dev.naru.http.Request;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One operation that a client calls: its path, parameters and body on one side, its answer on the other. */
final class Call {
    private static final Set<String> FALSE = Set.of("", "0", "no", "false", "none");

    private final Exchange exchange;
    private final Path path;
    private final ApiVersion version;
    private final Supplier<Engine> engine;
    private final BodyRoom room;
    private final GraphBuilds graphBuilds;

    Call(
            Exchange exchange,
            Path path,
            ApiVersion version,
            Supplier<Engine> engine,
            BodyRoom room,
            GraphBuilds graphBuilds) {
        this.exchange = requireNonNull(exchange, "exchange");
        this.path = requireNonNull(path, "path");
        this.version = requireNonNull(version, "version");
        this.engine = requireNonNull(engine, "engine");
        this.room = requireNonNull(room, "room");
        this.graphBuilds = requireNonNull(graphBuilds, "graphBuilds");
    }

    GraphBuilds graphBuilds() {
        return graphBuilds;
    }

    Exchange exchange() {
        return exchange;
    }

    Request request() {
        return exchange.request();
    }

    Path path() {
        return path;
    }

    ApiVersion version() {
        return version;
    }

    /** The engine; waits until it has taken over what runs. */
    Engine engine() {
        try {
            return engine.get();
        } catch (CompletionException e) {
            throw e.getCause() instanceof NaruException cause ? cause : e;
        }
    }

    /** Method and path in one text, for a switch: {@code "GET json"}. */
    String verb(String last) {
        return request().method() + " " + last;
    }

    Query query() {
        return request().query();
    }

    /** A parameter, or null when it is absent or empty. */
    @Nullable
    String text(String name) {
        String value = query().get(name);
        return value == null || value.isEmpty() ? null : value;
    }

    String text(String name, String otherwise) {
        String value = text(name);
        return value == null ? otherwise : value;
    }

    /** A switch as Docker reads it: everything but a few words for no is yes. */
    boolean flag(String name) {
        return !FALSE.contains(query().get(name, "").strip().toLowerCase(java.util.Locale.ROOT));
    }

    boolean flag(String name, boolean otherwise) {
        return query().has(name) ? flag(name) : otherwise;
    }

    /** A number, or null when it is absent. */
    @Nullable
    Integer number(String name) {
        String value = text(name);
        if (value == null) {
            return null;
        }
        try {
            return Integer.valueOf(value);
        } catch (NumberFormatException e) {
            throw new NaruException(ErrorKind.INTERNAL, "strconv.Atoi: parsing \"" + value + "\": invalid syntax");
        }
    }

    /** The filters in either of their two forms. */
    Filters filters() {
        return FiltersText.parse(query().get("filters", ""));
    }

    /** The body as a record. */
    <T> T body(Class<T> type) throws IOException {
        T value = optionalBody(type);
        if (value == null) {
            throw NaruException.invalid("invalid JSON: got EOF while reading request body");
        }
        return value;
    }

    /** The body as a record; without any field when there is none, which many operations take. */
    <T> T bodyOrEmpty(Class<T> type) throws IOException {
        T value = optionalBody(type);
        return value == null ? JsonBody.empty(type) : value;
    }

    /** The body as a record, null when there is none. */
    <T> @Nullable T optionalBody(Class<T> type) throws IOException {
        long announced = Long.parseLong(request().headers().get("Content-Length", "0"));
        try (BodyRoom.Held held = room.hold(request().body(), announced)) {
            byte[] json = held.bytes();
            if (json.length > 0 || request().headers().get("Content-Type") != null) {
                requireJsonType();
            }
            return json.length == 0 ? null : JsonBody.read(type, json);
        }
    }

    private void requireJsonType() {
        String type = request().headers().get("Content-Type", "");
        int semicolon = type.indexOf(';');
        String media = (semicolon < 0 ? type : type.substring(0, semicolon)).strip();
        if (media.isEmpty()) {
            throw NaruException.invalid("malformed Content-Type header (" + type + "): mime: no media type");
        }
        if (!parameters(type, semicolon)) {
            throw NaruException.invalid("malformed Content-Type header (" + type + "): mime: invalid media parameter");
        }
        if (!media.equalsIgnoreCase("application/json")) {
            throw NaruException.invalid("unsupported Content-Type header (" + type + "): must be 'application/json'");
        }
    }

    /** Whether each part behind the media type is {@code name=value}. */
    private static boolean parameters(String type, int semicolon) {
        if (semicolon < 0) {
            return true;
        }
        for (String parameter : type.substring(semicolon + 1).split(";", -1)) {
            int equals = parameter.strip().indexOf('=');
            if (!parameter.isBlank() && equals <= 0) {
                return false;
            }
        }
        return true;
    }

    /** The body as it is: an archive. */
    InputStream bodyStream() {
        return request().body();
    }

    /** Reads a body that has no meaning, so that the client can be watched. */
    void skipBody() throws IOException {
        request().body().skipNBytes(0);
        byte[] dropped = new byte[1024];
        int left = BodyRoom.LARGEST;
        for (int count = 0; count >= 0 && left > 0; left -= count) {
            count = request().body().read(dropped);
        }
    }

    <T> void json(int status, T value) throws IOException {
        sendJson(status, Json.line(value));
    }

    <T> void json(int status, Class<T> type, List<T> values) throws IOException {
        sendJson(status, Json.line(type, values));
    }

    void sendJson(int status, byte[] json) throws IOException {
        exchange.headers().set("Content-Type", "application/json");
        exchange.send(status, json);
    }

    void empty(int status) throws IOException {
        exchange.send(status, new byte[0]);
    }

    static NaruException pageNotFound() {
        return NaruException.notFound(ErrorAnswer.PAGE_NOT_FOUND);
    }

    static NaruException notSupported(String what, String reason) {
        return new NaruException(ErrorKind.NOT_SUPPORTED, what, reason, null);
    }
}
