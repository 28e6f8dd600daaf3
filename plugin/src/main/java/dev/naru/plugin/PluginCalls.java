package dev.naru.plugin;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.http.Headers;
import dev.naru.http.HttpConnection;
import dev.naru.http.Response;
import dev.naru.http.Transport;
import io.avaje.json.JsonException;
import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Calls one plug-in: JSON in HTTP, one connection a call. */
public final class PluginCalls {
    private static final String MEDIA_TYPE = "application/vnd.docker.plugins.v1.2+json";
    private static final byte[] NOTHING = "{}".getBytes(StandardCharsets.UTF_8);
    private static final int LONGEST_ANSWER = 16 << 20;
    /** Docker's, for calls that do something. */
    private static final Duration LONGEST_CALL = Duration.ofMinutes(2);

    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);

    private final PluginAddress address;
    private final Duration patience;
    private final JsonType<PluginAnswer> answers;

    /**
     * Calls nobody yet.
     *
     * @param patience how long one that can't be reached is tried again
     */
    public PluginCalls(PluginAddress address, Duration patience) {
        this.address = address;
        this.patience = patience;
        this.answers = Jsonb.builder().build().type(PluginAnswer.class);
    }

    public PluginAddress address() {
        return address;
    }

    /** An answer that is no success: the plug-in was reached and says no. */
    public static final class Refusal extends Exception {
        private static final long serialVersionUID = 1;
        private final int status;

        Refusal(int status, String text) {
            super(text);
            this.status = status;
        }

        /** 200 when the protocol's field {@code Err} says it. */
        public int status() {
            return status;
        }

        /** The same for those who asked for something. */
        public NaruException as(String what) {
            return NaruException.because(ErrorKind.INTERNAL, what, this);
        }
    }

    /**
     * Makes a call; tries again while nothing listens, never once anything was sent.
     *
     * @param what the object and the operation, for errors
     * @param question JSON
     * @return JSON
     * @throws Refusal when the plug-in says no
     */
    public byte[] call(String what, String method, byte[] question) throws Refusal {
        try (HttpConnection connection = new HttpConnection(connect(what))) {
            return exchange(connection, method, question);
        } catch (IOException failure) {
            throw address.unreachable(what, failure);
        }
    }

    /** Asks without patience. */
    public byte[] ask(String what, String method, byte[] question) throws Refusal {
        return new PluginCalls(address, Duration.ZERO).call(what, method, question);
    }

    /** Tells the plug-in that it is going to be used; answers what it implements. */
    public List<String> activate(String what) {
        try {
            List<String> interfaces =
                    answers.fromJson(call(what, "Plugin.Activate", NOTHING)).interfaces();
            return interfaces == null ? List.of() : interfaces;
        } catch (Refusal refused) {
            throw refused.as(what);
        }
    }

    private Transport connect(String what) {
        long end = System.nanoTime() + patience.toNanos();
        for (Duration wait = FIRST_WAIT; ; wait = wait.multipliedBy(2)) {
            try {
                return address.connect();
            } catch (IOException failure) {
                if (System.nanoTime() + wait.toNanos() > end) {
                    throw address.unreachable(what, failure);
                }
            }
            try {
                Thread.sleep(wait);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new NaruException(ErrorKind.UNAVAILABLE, what, "it was interrupted", null);
            }
        }
    }

    private byte[] exchange(HttpConnection connection, String method, byte[] body) throws IOException, Refusal {
        Thread watch = Thread.startVirtualThread(() -> {
            try {
                Thread.sleep(LONGEST_CALL);
                connection.close();
            } catch (InterruptedException | IOException answered) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            var headers = new Headers().add("Accept", MEDIA_TYPE).add("Content-Type", "application/json");
            Response response = connection.send("POST", "/" + method, headers, body);
            byte[] text = response.body().readNBytes(LONGEST_ANSWER);
            return answer(method, response.status(), text);
        } finally {
            watch.interrupt();
        }
    }

    private byte[] answer(String method, int status, byte[] text) throws Refusal {
        byte[] body = text.length == 0 ? NOTHING : text;
        String error;
        try {
            error = answers.fromJson(body).refusal();
        } catch (JsonException notJson) {
            error = new String(text, StandardCharsets.UTF_8).strip();
        }
        if (status != 200 || !error.isEmpty()) {
            throw new Refusal(status, method + ": " + (error.isEmpty() ? "Plugin Error: status " + status : error));
        }
        return body;
    }
}
