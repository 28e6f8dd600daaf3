package dev.naru.api;

import dev.naru.engine.ContainerService;
import dev.naru.engine.ContainerService.LogQuery;
import dev.naru.error.NaruException;
import dev.naru.wire.ContainerWaitExitError;
import dev.naru.wire.ContainerWaitResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** Answers that take their time: wait, logs and stats. They end when the client leaves. */
final class StreamRoutes {
    static final String RAW = "application/vnd.docker.raw-stream";
    static final String MULTIPLEXED = "application/vnd.docker.multiplexed-stream";

    private StreamRoutes() {}

    static void await(Call call, String id) throws IOException, InterruptedException {
        String condition = call.version().before(30) ? "not-running" : call.text("condition", "not-running");
        switch (condition) {
            case "not-running", "next-exit", "removed" -> {}
            default -> throw NaruException.invalid("invalid condition: \"" + condition + "\"");
        }
        call.skipBody();
        try (ContainerService.Waiter waiter = call.engine().containers().waiter(id, condition)) {
            call.exchange().interruptWhenClientLeaves();
            if (call.version().before(30)) {
                call.json(200, response(waiter.await()));
                return;
            }
            // The head goes out at once: a client that has it knows that it will miss no exit, and starts the
            // container.
            call.exchange().headers().set("Content-Type", "application/json");
            OutputStream output = call.exchange().stream(200);
            output.write(Json.line(response(waiter.await())));
            output.flush();
        }
    }

    private static ContainerWaitResponse response(ContainerService.Waiter.Outcome outcome) {
        String error = outcome.error();
        return new ContainerWaitResponse(
                (long) outcome.exitCode(), error == null ? null : new ContainerWaitExitError(error));
    }

    static void logs(Call call, String id) throws IOException {
        boolean stdout = call.flag("stdout");
        boolean stderr = call.flag("stderr");
        if (!stdout && !stderr) {
            throw NaruException.invalid("Bad parameters: you must choose at least one stream");
        }
        boolean follow = call.flag("follow");
        var query = new LogQuery(
                follow,
                stdout,
                stderr,
                Timestamp.parse(call.text("since")),
                Timestamp.parse(call.text("until")),
                call.flag("timestamps"),
                tail(call.text("tail", "all")),
                call.flag("details"));
        try (ContainerService.LogSession logs = call.engine().containers().logs(id, query)) {
            call.exchange().headers().set("Content-Type", logs.tty() ? RAW : contentType(call));
            if (follow) {
                call.exchange().interruptWhenClientLeaves();
            }
            OutputStream output = call.exchange().stream(200);
            logs.writeTo(output);
            output.flush();
        }
    }

    /** Clients before 1.42 know one content type for both formats. */
    static String contentType(Call call) {
        return call.version().before(42) ? RAW : MULTIPLEXED;
    }

    /** Docker takes what is not a number for all. */
    private static int tail(String text) {
        try {
            return Math.max(-1, Integer.parseInt(text));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    static void stats(Call call, String id) throws IOException {
        boolean stream = call.flag("stream", true);
        boolean oneShot = call.flag("one-shot");
        if (stream && oneShot) {
            throw NaruException.invalid("cannot have stream=true and one-shot=true");
        }
        ContainerService containers = call.engine().containers();
        if (!stream) {
            containers.stats(id, false, oneShot, sample -> unchecked(() -> call.json(200, sample)));
            return;
        }
        call.exchange().interruptWhenClientLeaves();
        var output = new LateStream(call.exchange(), "application/json");
        containers.stats(
                id,
                true,
                false,
                sample -> unchecked(() -> {
                    output.write(Json.line(sample));
                    output.flush();
                }));
    }

    /** For sinks of the engine, which know no IOException. */
    static void unchecked(Writing writing) {
        try {
            writing.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @FunctionalInterface
    interface Writing {
        void run() throws IOException;
    }
}
