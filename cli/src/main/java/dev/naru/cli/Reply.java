package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import dev.naru.client.Answer;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The engine's answer; the body must be read to its end or closed. */
final class Reply implements AutoCloseable {
    private final Answer answer;

    Reply(Answer answer) {
        this.answer = requireNonNull(answer, "answer");
    }

    /** The body as a JSON tree: maps, lists, strings, numbers, booleans, null. */
    @Nullable
    Object json() {
        return Json.read(bytes());
    }

    byte[] bytes() {
        try (answer) {
            return Engine.refusing(answer::bytes);
        }
    }

    InputStream body() {
        return answer.body();
    }

    String header(String name) {
        return answer.headers().get(name, "");
    }

    /** Ends it; a body that has come to its end already leaves the connection for the next request. */
    @Override
    public void close() {
        answer.close();
    }
}
