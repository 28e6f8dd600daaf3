package dev.naru.volume;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.http.Headers;
import dev.naru.http.HttpConnection;
import dev.naru.http.Response;
import dev.naru.http.Transport;
import dev.naru.volume.PluginMessages.Answer;
import dev.naru.volume.PluginMessages.Question;
import io.avaje.json.JsonException;
import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Calls one plug-in: JSON in HTTP, one connection a call. */
final class PluginCalls {
    private static final String MEDIA_TYPE = "application/vnd.docker.plugins.v1.2+json";
    private static final int LONGEST_ANSWER = 16 << 20;
    /** Docker's, for calls that do something. */
    private static final Duration LONGEST_CALL = Duration.ofMinutes(2);

    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);

    private final PluginAddress address;
    private final Duration patience;
    private final JsonType<Question> questions;
    private final JsonType<Answer> answers;

    /** @param patience how long one that can't be reached is tried again */
    PluginCalls(PluginAddress address, Duration patience) {
        this.address = address;
        this.patience = patience;
        Jsonb json = Jsonb.builder().build();
        this.questions = json.type(Question.class);
        this.answers = json.type(Answer.class);
    }

    PluginAddress address() {
        return address;
    }

    /** An answer that is no success: the plug-in was reached and says no. */
    static final class Refusal extends Exception {
        private static final long serialVersionUID = 1;
        private final int status;

        Refusal(int status, String text) {
            super(text);
            this.status = status;
        }

        /** 200 when the protocol's field {@code Err} says it. */
        int status() {
            return status;
        }

        NaruException as(String what) {
            return NaruException.because(ErrorKind.INTERNAL, what, this);
        }
    }

    /**
     * Makes a call; tries again while nothing listens, never once anything was sent.
     *
     * @param what the object and the operation, for errors
     * @throws Refusal when the plug-in says no
     */
    Answer call(String what, String method, Question question) throws Refusal {
        byte[] body = questions.toJsonBytes(question);
        try (HttpConnection connection = new HttpConnection(connect(what))) {
            return exchange(connection, method, body);
        } catch (IOException failure) {
            throw address.unreachable(what, failure);
        }
    }

    /** Asks without patience. */
    Answer ask(String what, String method, Question question) throws Refusal {
        return new PluginCalls(address, Duration.ZERO).call(what, method, question);
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

    private Answer exchange(HttpConnection connection, String method, byte[] body) throws IOException, Refusal {
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

    private Answer answer(String method, int status, byte[] text) throws Refusal {
        Answer answer;
        try {
            answer = answers.fromJson(text.length == 0 ? "{}".getBytes(StandardCharsets.UTF_8) : text);
        } catch (JsonException notJson) {
            answer = new Answer(new String(text, StandardCharsets.UTF_8).strip(), null, null, null, null, null);
        }
        String error = answer.error();
        if (status != 200 || (error != null && !error.isEmpty())) {
            throw new Refusal(
                    status,
                    method + ": " + (error == null || error.isEmpty() ? "Plugin Error: status " + status : error));
        }
        return answer;
    }
}
