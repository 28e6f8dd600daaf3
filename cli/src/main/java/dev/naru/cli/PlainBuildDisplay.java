package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/** A build as lines that stay, each with its step's number: for files and pipes. */
final class PlainBuildDisplay extends BuildDisplay {
    private final PrintStream out;
    private @Nullable BuildStep current;
    private boolean inLine;

    PlainBuildDisplay(PrintStream out) {
        this.out = requireNonNull(out, "out");
    }

    @Override
    void appeared(BuildStep step) {
        turnTo(step);
    }

    private void turnTo(BuildStep step) {
        if (step == current) {
            return;
        }
        endLine();
        if (current != null) {
            out.println();
        }
        current = step;
        out.println("#" + step.number() + " " + step.name());
    }

    private void endLine() {
        if (inLine) {
            out.println();
            inLine = false;
        }
    }

    private String head(BuildStep step) {
        return "#" + step.number() + " ";
    }

    @Override
    void output(BuildStep step, String text) {
        turnTo(step);
        String time = String.valueOf(step.took() / 1_000_000 / 1000.0);
        for (String part : text.split("(?<=\n)")) {
            if (!inLine) {
                out.print(head(step) + time + " ");
            }
            out.print(part);
            inLine = !part.endsWith("\n");
        }
        out.flush();
    }

    @Override
    void moved(BuildStep step, String id) {
        BuildStep.Transfer transfer = step.transfers().get(id);
        if (transfer != null && transfer.done()) {
            turnTo(step);
            endLine();
            String moved = transfer.text().isEmpty() ? "" : transfer.text() + " ";
            out.println(head(step) + id + " " + moved + seconds(step.took()) + " done");
            out.flush();
        }
    }

    @Override
    void ended(BuildStep step) {
        turnTo(step);
        endLine();
        out.println(head(step)
                + switch (step.state()) {
                    case RUNNING -> "";
                    case DONE -> "DONE " + seconds(step.took());
                    case CACHED -> "CACHED";
                    case FAILED -> "ERROR: " + step.error();
                });
        out.flush();
    }

    @Override
    void warned(BuildStep step, String message) {
        turnTo(step);
        endLine();
        out.println(head(step) + "WARN: " + message);
        out.flush();
    }

    @Override
    void end() {
        endLine();
        summary(out);
    }
}
