package dev.naru.cli;

import java.io.IOException;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** How a container ended whose output has ended. */
final class ContainerExit {
    private static final long LOOK_MILLIS = 250;

    private ContainerExit() {}

    /**
     * The exit code; empty when the client has detached and the container goes on.
     *
     * @param wait the answer of a wait that was begun before the output was followed
     */
    static OptionalInt await(Reply wait, Session session, String container) throws IOException, InterruptedException {
        var answer = new FutureTask<@Nullable Object>(wait::json);
        Thread.ofPlatform().daemon().start(answer);
        while (true) {
            try {
                Object result = answer.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                String error = Json.text(result, "Error", "Message");
                if (!error.isEmpty()) {
                    session.err().println("Error waiting for container: " + error);
                    return OptionalInt.of(125);
                }
                return OptionalInt.of((int) Json.number(result, "StatusCode"));
            } catch (TimeoutException e) {
                if (runs(session, container)) {
                    return OptionalInt.empty();
                }
            } catch (ExecutionException e) {
                throw new CliException(125, "error waiting for container: " + e.getCause());
            }
        }
    }

    private static boolean runs(Session session, String container) throws IOException {
        try {
            return Json.is(
                    session.engine()
                            .send("GET", ContainerActions.path(container, "json"), null)
                            .json(),
                    "State",
                    "Running");
        } catch (EngineRefusal removed) {
            return false;
        }
    }
}
