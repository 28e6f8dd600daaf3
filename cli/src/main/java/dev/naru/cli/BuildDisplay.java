package dev.naru.cli;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Shows a build from the events that the engine tells. */
abstract class BuildDisplay implements AutoCloseable {
    private final Map<String, BuildStep> steps = new LinkedHashMap<>();
    private boolean closed;

    /** The steps in the order in which they appeared. */
    final Map<String, BuildStep> steps() {
        return steps;
    }

    /** Takes one event. */
    synchronized void event(@Nullable Object event) {
        String digest = Json.text(event, "step");
        if (digest.isEmpty()) {
            return;
        }
        BuildStep step = steps.get(digest);
        if (step == null) {
            step = new BuildStep(steps.size() + 1, Json.text(event, "name"));
            steps.put(digest, step);
            appeared(step);
        }
        switch (Json.text(event, "event")) {
            case "completed" -> {
                if (step.state() != BuildStep.State.RUNNING) {
                    // Work that several stages ask for is told to each of them.
                    return;
                }
                step.complete(Json.is(event, "cached"));
                ended(step);
            }
            case "failed" -> {
                step.fail(Json.text(event, "message"));
                ended(step);
            }
            case "output" -> {
                byte[] bytes = Base64.getDecoder().decode(Json.text(event, "data"));
                String text = new String(bytes, StandardCharsets.UTF_8);
                step.output(text);
                output(step, text);
            }
            case "moved" -> {
                step.move(
                        Json.text(event, "id"),
                        Json.number(event, "current"),
                        Json.number(event, "total"),
                        Json.is(event, "done"));
                moved(step, Json.text(event, "id"));
            }
            case "warning" -> {
                String message = Json.text(event, "message");
                if (!step.warnings().contains(message)) {
                    step.warn(message);
                    warned(step, message);
                }
            }
            default -> {}
        }
    }

    abstract void appeared(BuildStep step);

    abstract void output(BuildStep step, String text);

    abstract void moved(BuildStep step, String id);

    abstract void ended(BuildStep step);

    /** Something could be better; all of it is shown at the end again. */
    void warned(BuildStep step, String message) {}

    /** Ends the display; once is enough. */
    @Override
    public final synchronized void close() {
        if (!closed) {
            closed = true;
            end();
        }
    }

    /** Shows what is left to show. */
    void end() {}

    /** Shows what a display ends with: the last output of what has failed, and what could be better. */
    final void summary(PrintStream out) {
        steps.values().stream()
                .filter(step -> step.state() == BuildStep.State.FAILED
                        && !step.lastLines().isEmpty())
                .forEach(step -> {
                    out.println("------");
                    out.println(" > " + step.name() + ":");
                    step.lastLines().forEach(out::println);
                    out.println("------");
                });
        List<String> warnings = steps.values().stream()
                .flatMap(step -> step.warnings().stream())
                .toList();
        if (!warnings.isEmpty()) {
            out.println();
            out.println(" " + warnings.size() + (warnings.size() == 1 ? " warning" : " warnings")
                    + " found (--check shows where, and what to do):");
            warnings.forEach(each -> out.println(" - " + each));
        }
        out.flush();
    }

    /** Shows nothing. */
    static BuildDisplay none() {
        return new BuildDisplay() {
            @Override
            void appeared(BuildStep step) {}

            @Override
            void output(BuildStep step, String text) {}

            @Override
            void moved(BuildStep step, String id) {}

            @Override
            void ended(BuildStep step) {}
        };
    }

    static String seconds(long nanoseconds) {
        long tenths = Math.max(0, nanoseconds) / 100_000_000;
        return tenths / 10 + "." + tenths % 10 + "s";
    }
}
