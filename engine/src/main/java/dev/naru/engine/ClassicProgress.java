package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.build.BuildProgress;
import dev.naru.build.ClassicSteps;
import dev.naru.build.Vertex;
import dev.naru.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells a build in the words of the classic builder: step by step in the order of the file, whatever runs at the same
 * time. What a later step says is kept until it is its turn.
 */
final class ClassicProgress implements BuildProgress {
    private static final int SHORT = 12;

    private final Consumer<String> sink;
    private final List<ClassicSteps.Step> steps;
    private final Set<Integer> lines;
    private final Map<Integer, Turn> turns = new HashMap<>();
    private int at;
    private boolean begun = true;
    private String last = "scratch";
    private boolean lastCached = true;
    private @Nullable StepFailure failure;

    /** What is known of one instruction's work. */
    private static final class Turn {
        private final List<String> said = new ArrayList<>();
        private final Set<String> open = new HashSet<>();
        private String container = "";
        private String result = "";
        private boolean cached = true;
        private boolean done;
    }

    /**
     * Prepares the telling of what comes after {@link #opening}.
     *
     * @param lines the first lines of instructions that have work to do
     */
    ClassicProgress(ClassicSteps steps, Set<Integer> lines, Consumer<String> sink) {
        this.steps = steps.steps();
        this.lines = Set.copyOf(lines);
        this.sink = requireNonNull(sink, "sink");
    }

    /** What is said before anything is known but the file; the rest is told by a progress. */
    static String opening(ClassicSteps steps) {
        return title(0, steps.steps());
    }

    private static String title(int index, List<ClassicSteps.Step> steps) {
        return "Step " + (index + 1) + "/" + steps.size() + " : "
                + steps.get(index).text() + "\n";
    }

    private @Nullable Turn turn(Step step) {
        Vertex.SourceRange source = step.label().source();
        return source == null ? null : turns.computeIfAbsent(source.firstLine(), line -> new Turn());
    }

    @Override
    public synchronized void started(Step step) {
        Turn turn = turn(step);
        if (turn != null) {
            turn.open.add(step.digest());
            turn.done = false;
            advance();
        }
    }

    @Override
    public synchronized void running(Step step, String container) {
        Turn turn = turn(step);
        if (turn != null) {
            turn.container = container.substring(0, SHORT);
            say(step, turn, " ---> Running in " + turn.container + "\n");
        }
    }

    @Override
    public synchronized void output(Step step, int stream, byte[] bytes) {
        Turn turn = turn(step);
        if (turn != null) {
            say(step, turn, new String(bytes, StandardCharsets.UTF_8));
        }
    }

    private void say(Step step, Turn turn, String text) {
        Vertex.SourceRange source = step.label().source();
        boolean mine =
                begun && at < steps.size() && source != null && steps.get(at).firstLine() == source.firstLine();
        if (mine) {
            sink.accept(text);
        } else {
            turn.said.add(text);
            advance();
        }
    }

    @Override
    public synchronized void completed(Step step, boolean cached, String result) {
        Turn turn = turn(step);
        if (turn != null) {
            turn.open.remove(step.digest());
            turn.cached &= cached;
            turn.result = result;
            turn.done = turn.open.isEmpty();
            advance();
        }
    }

    @Override
    public synchronized void failed(Step step, StepFailure why) {
        if (failure == null) {
            failure = why;
        }
    }

    /** Why it failed, null when it did not or nobody knows. */
    synchronized @Nullable StepFailure failure() {
        return failure;
    }

    /** Tells what can be told now. */
    private void advance() {
        while (at < steps.size()) {
            ClassicSteps.Step step = steps.get(at);
            Turn turn = turns.get(step.firstLine());
            boolean work = lines.contains(step.firstLine());
            begin();
            if (turn != null) {
                turn.said.forEach(sink);
                turn.said.clear();
            }
            if (work && (turn == null || !turn.done)) {
                return;
            }
            if (at == steps.size() - 1) {
                // The last one's id is the image's, which is not known before all is done.
                return;
            }
            end(step, turn, id(step, turn));
        }
    }

    private void begin() {
        if (!begun) {
            sink.accept(title(at, steps));
            begun = true;
        }
    }

    private void end(ClassicSteps.Step step, @Nullable Turn turn, String id) {
        boolean first = step.text().regionMatches(true, 0, "FROM", 0, 4);
        if (turn != null) {
            lastCached = turn.cached;
            if (!turn.container.isEmpty()) {
                sink.accept(" ---> Removed intermediate container " + turn.container + "\n");
            }
        }
        if (lastCached && !first && !step.text().startsWith("ARG")) {
            sink.accept(" ---> Using cache\n");
        }
        // Nothing has no id.
        boolean nothing = first && step.text().matches("(?i)FROM\\s+scratch(\\s.*)?");
        sink.accept(" ---> " + (nothing ? "" : id) + "\n");
        last = id;
        begun = false;
        at++;
    }

    private String id(ClassicSteps.Step step, @Nullable Turn turn) {
        String basis = turn == null || turn.result.isEmpty() ? last + "\n" + step.text() : turn.result;
        return Digest.of(basis).hex().substring(0, SHORT);
    }

    /** All is done: tells the rest. */
    synchronized void finish(String image) {
        while (at < steps.size()) {
            ClassicSteps.Step step = steps.get(at);
            Turn turn = turns.get(step.firstLine());
            begin();
            if (turn != null) {
                turn.said.forEach(sink);
                turn.said.clear();
            }
            end(step, turn, at == steps.size() - 1 ? shortId(image) : id(step, turn));
        }
    }

    /** Tells what a step that failed has said, whoever's turn it was. */
    synchronized void giveUp() {
        StepFailure why = failure;
        Vertex.SourceRange source = why == null ? null : why.source();
        while (source != null && at < steps.size()) {
            ClassicSteps.Step step = steps.get(at);
            begin();
            Turn turn = turns.get(step.firstLine());
            if (turn != null) {
                turn.said.forEach(sink);
                turn.said.clear();
            }
            if (step.firstLine() >= source.firstLine()) {
                if (turn != null && !turn.container.isEmpty()) {
                    sink.accept(" ---> Removed intermediate container " + turn.container + "\n");
                }
                return;
            }
            end(step, turn, id(step, turn));
        }
    }

    static String shortId(String image) {
        return image.substring("sha256:".length(), "sha256:".length() + SHORT);
    }
}
