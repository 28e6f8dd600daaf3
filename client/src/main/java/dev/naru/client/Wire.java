package dev.naru.client;

import static java.util.Objects.requireNonNull;

import dev.naru.http.Headers;
import dev.naru.http.Hijacked;
import dev.naru.http.HttpConnection;
import dev.naru.http.Response;
import dev.naru.http.Transport;
import dev.naru.wire.ErrorResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Sends requests to one engine and keeps connections for the next ones. Threads may share it. */
final class Wire implements AutoCloseable {
    private static final int LONGEST_ERROR = 1 << 20;
    private static final int NEWEST = 51;
    private static final int OLDEST = 24;

    /** An engine may end a connection that rests; a younger one is most likely alive. */
    private static final long LONGEST_REST = 5_000_000_000L;

    private final String name;
    private final EngineAddress address;
    private final Deque<Idle> idle = new ArrayDeque<>();
    private volatile @Nullable String version;

    /** @param name how messages call the address */
    Wire(String name, EngineAddress address, @Nullable String version) {
        this.name = requireNonNull(name, "name");
        this.address = requireNonNull(address, "address");
        this.version = version;
    }

    /** A connection at rest, since a reading of the monotonic clock. */
    private record Idle(HttpConnection connection, long since) {}

    /** What both sides speak: the engine's version when it is older than ours. */
    String version() {
        String known = version;
        if (known != null) {
            return known;
        }
        try (Answer answer = exchange("HEAD", "/_ping", new Headers(), new byte[0])) {
            String spoken = answer.response().headers().get("Api-Version", "1." + OLDEST);
            String chosen = "1." + Math.max(OLDEST, Math.min(NEWEST, minor(spoken)));
            version = chosen;
            return chosen;
        }
    }

    private static int minor(String version) {
        try {
            return Integer.parseInt(version.substring(version.indexOf('.') + 1));
        } catch (NumberFormatException e) {
            throw new ApiException("the engine's API version is not one: " + version, e);
        }
    }

    /** A request whose body is JSON, or nothing when it is null. */
    Answer call(String method, Target target, @Nullable Object body) {
        return call(method, target.toString(), new Headers(), json(body));
    }

    static byte[] json(@Nullable Object body) {
        return body == null ? new byte[0] : Json.bytes(body);
    }

    /** A request with JSON as body, or with nothing when that is empty. */
    Answer call(String method, String target, Headers headers, byte[] json) {
        if (json.length > 0) {
            headers.add("Content-Type", "application/json");
        }
        return exchange(method, "/v" + version() + target, headers, json);
    }

    /** A request whose body is a stream. */
    Answer send(String method, String target, Headers headers, InputStream body) {
        String path = "/v" + version() + target;
        HttpConnection connection = connect();
        try {
            return checked(connection.send(method, path, headers, body));
        } catch (IOException e) {
            throw unreachable(connection, e);
        }
    }

    /** A request that takes the connection over. */
    Hijacked hijack(String target, byte[] json) {
        var headers = new Headers().add("Connection", "Upgrade").add("Upgrade", "tcp");
        if (json.length > 0) {
            headers.add("Content-Type", "application/json");
        }
        String path = "/v" + version() + target;
        HttpConnection connection = connect();
        try {
            checked(connection.send("POST", path, headers, json));
            return connection.hijack();
        } catch (IOException e) {
            throw unreachable(connection, e);
        }
    }

    private Answer exchange(String method, String path, Headers headers, byte[] body) {
        HttpConnection kept = takeIdle();
        if (kept != null) {
            try {
                return checked(kept.send(method, path, headers, body));
            } catch (IOException e) {
                // The engine may have ended it, or was restarted. A request that changes something must not run twice.
                closeQuietly(kept);
                if (!method.equals("GET") && !method.equals("HEAD") && !notSent(e)) {
                    throw unreachable(kept, e);
                }
            }
        }
        HttpConnection connection = connect();
        try {
            return checked(connection.send(method, path, headers, body));
        } catch (IOException e) {
            throw unreachable(connection, e);
        }
    }

    /** A connection that was ended before this request was sent; the engine can't have acted on it. */
    private static boolean notSent(IOException e) {
        return "Broken pipe".equals(e.getMessage());
    }

    private Answer checked(Response response) throws IOException {
        if (response.status() < 400) {
            return new Answer(response, this);
        }
        byte[] body = response.body().readNBytes(LONGEST_ERROR);
        release(response);
        throw new ApiException(response.status(), message(response, body));
    }

    private static String message(Response response, byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8).strip();
        if (response.headers().get("Content-Type", "").startsWith("application/json") && text.startsWith("{")) {
            String message = Json.read(ErrorResponse.class, body).message();
            if (message != null) {
                return message;
            }
        }
        return text.isEmpty() ? "the engine answered with status " + response.status() : text;
    }

    private HttpConnection connect() {
        return new HttpConnection(dial());
    }

    /** A connection on which nothing was sent yet. */
    Transport dial() {
        try {
            return address.connect();
        } catch (IOException e) {
            throw new ApiException(
                    "Cannot connect to the engine at " + name + ": " + e.getMessage() + " — is it running?", e);
        }
    }

    private static ApiException unreachable(HttpConnection connection, IOException e) {
        closeQuietly(connection);
        return new ApiException("the connection to the engine broke: " + e.getMessage(), e);
    }

    private @Nullable HttpConnection takeIdle() {
        synchronized (idle) {
            Idle last = idle.pollLast();
            if (last == null || System.nanoTime() - last.since() < LONGEST_REST) {
                return last == null ? null : last.connection();
            }
            closeQuietly(last.connection());
        }
        close();
        return null;
    }

    void release(Response response) {
        if (response.reusable()) {
            synchronized (idle) {
                idle.addLast(new Idle(response.connection(), System.nanoTime()));
            }
        } else {
            closeQuietly(response.connection());
        }
    }

    private static void closeQuietly(HttpConnection connection) {
        try {
            connection.close();
        } catch (IOException e) {
            System.getLogger("naru.client").log(System.Logger.Level.DEBUG, "cannot close connection", e);
        }
    }

    @Override
    public void close() {
        synchronized (idle) {
            idle.forEach(each -> closeQuietly(each.connection()));
            idle.clear();
        }
    }
}
