package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A step of a build as it is shown. */
final class BuildStep {
    private static final int LAST_LINES = 20;

    private final int number;
    private final String name;
    private final long began = System.nanoTime();
    private final Map<String, Transfer> transfers = new LinkedHashMap<>();
    private final Deque<String> last = new ArrayDeque<>();
    private final Set<String> warnings = new LinkedHashSet<>();
    private final StringBuilder unfinished = new StringBuilder();
    private State state = State.RUNNING;
    private long ended;
    private String error = "";

    enum State {
        RUNNING,
        DONE,
        CACHED,
        FAILED
    }

    /** Bytes that move; a total of 0 is not known. */
    record Transfer(long current, long total, boolean done) {
        /** As {@code 1.2MB / 3.4MB}. */
        String text() {
            String now = Units.size((double) current, 4);
            if (current == 0 && total == 0) {
                return "";
            }
            return total > 0 ? now + " / " + Units.size((double) total, 4) : now;
        }
    }

    BuildStep(int number, String name) {
        this.number = number;
        this.name = requireNonNull(name, "name");
    }

    int number() {
        return number;
    }

    String name() {
        return name;
    }

    State state() {
        return state;
    }

    String error() {
        return error;
    }

    /** Nanoseconds that it took, or takes. */
    long took() {
        return (state == State.RUNNING ? System.nanoTime() : ended) - began;
    }

    Map<String, Transfer> transfers() {
        return transfers;
    }

    /** What it printed last. */
    List<String> lastLines() {
        var lines = new java.util.ArrayList<>(last);
        if (!unfinished.isEmpty()) {
            lines.add(unfinished.toString());
        }
        return lines;
    }

    void complete(boolean cached) {
        state = cached ? State.CACHED : State.DONE;
        ended = System.nanoTime();
    }

    void fail(String message) {
        state = State.FAILED;
        error = message;
        ended = System.nanoTime();
    }

    void move(String id, long current, long total, boolean done) {
        transfers.put(id, new Transfer(current, total, done));
    }

    void warn(String message) {
        warnings.add(message);
    }

    /** What was remarked on it. */
    List<String> warnings() {
        return List.copyOf(warnings);
    }

    void output(String text) {
        int from = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
            unfinished.append(text, from, end);
            line(unfinished.toString());
            unfinished.setLength(0);
            from = end + 1;
        }
        unfinished.append(text, from, text.length());
    }

    private void line(String line) {
        if (last.size() == LAST_LINES) {
            last.removeFirst();
        }
        // What stands before a carriage return has been overwritten.
        String visible = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
        last.addLast(visible.substring(visible.lastIndexOf('\r') + 1));
    }
}
