package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** A build on a terminal: a line for each step with its time, drawn again as it changes (ECMA-48: CUU, ED). */
final class TerminalBuildDisplay extends BuildDisplay {
    private static final int LOG_LINES = 6;
    private static final long INTERVAL = 100;

    private final PrintStream out;
    private final int rows;
    private final int columns;
    private final long began = System.nanoTime();
    private final Thread drawing;
    private int drawn;
    private boolean over;

    TerminalBuildDisplay(PrintStream out, int rows, int columns) {
        this.out = requireNonNull(out, "out");
        this.rows = Math.max(rows, 5);
        this.columns = Math.max(columns, 20);
        this.drawing = Thread.ofVirtual().start(this::drawAgainAndAgain);
    }

    private void drawAgainAndAgain() {
        try {
            while (true) {
                Thread.sleep(INTERVAL);
                draw(false);
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void draw(boolean last) {
        if (over) {
            return;
        }
        List<String> lines = lines(last);
        var text = new StringBuilder();
        if (drawn > 0) {
            text.append("\u001b[").append(drawn).append("A\r\u001b[J");
        }
        lines.forEach(line -> text.append(line).append('\n'));
        out.print(text);
        out.flush();
        drawn = lines.size();
        over = last;
    }

    private List<String> lines(boolean last) {
        long done = steps().values().stream()
                .filter(step -> step.state() != BuildStep.State.RUNNING)
                .count();
        var lines = new ArrayList<String>();
        lines.add("[+] Building " + seconds(System.nanoTime() - began) + " (" + done + "/" + steps().size() + ")"
                + (last ? " FINISHED" : ""));
        steps().values().forEach(step -> step(step, last, lines));
        // Only as many as fit: a line that has scrolled away cannot be drawn again.
        int room = rows - 2;
        if (!last && lines.size() > room) {
            var shown = new ArrayList<String>(List.of(lines.getFirst()));
            shown.addAll(lines.subList(lines.size() - room + 1, lines.size()));
            return shown;
        }
        return lines;
    }

    private void step(BuildStep step, boolean last, List<String> lines) {
        String cached = step.state() == BuildStep.State.CACHED ? "CACHED " : "";
        String failed = step.state() == BuildStep.State.FAILED ? "ERROR " : "";
        lines.add(aligned(" => " + cached + failed + step.name(), seconds(step.took())));
        step.transfers().forEach((id, transfer) -> lines.add(aligned(" => => " + id + " " + transfer.text(), "")));
        step.warnings().forEach(each -> lines.add(aligned(" => => WARN: " + each, "")));
        if (step.state() == BuildStep.State.RUNNING && !last) {
            List<String> output = step.lastLines();
            output.subList(Math.max(0, output.size() - LOG_LINES), output.size())
                    .forEach(line -> lines.add(aligned(" => => # " + line, "")));
        }
    }

    private String aligned(String left, String right) {
        String plain = left.replace('\t', ' ').replaceAll("\\p{Cntrl}", "");
        int room = columns - right.length() - 2;
        String cut = plain.length() > room ? plain.substring(0, Math.max(0, room)) : plain;
        return right.isEmpty()
                ? cut
                : cut + " ".repeat(Math.max(1, columns - 1 - cut.length() - right.length())) + right;
    }

    @Override
    void appeared(BuildStep step) {}

    @Override
    void output(BuildStep step, String text) {}

    @Override
    void moved(BuildStep step, String id) {}

    @Override
    void ended(BuildStep step) {}

    @Override
    void end() {
        drawing.interrupt();
        draw(true);
        summary(out);
    }
}
