package dev.naru.buildkit;

import dev.naru.build.BuildProgress;
import dev.naru.build.BuildWarning;
import dev.naru.build.FailedStep;
import dev.naru.grpc.ProtoFields;
import dev.naru.grpc.ProtoWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a build did so far, as messages of Control.Status, for any number of listeners. */
final class StatusLog implements BuildProgress {
    private static final int LARGEST_OUTPUT = 2 << 20;
    private static final int LARGEST_KEPT = 8 << 20;
    private static final int LARGEST_WARNING = 1 << 20;
    private static final int MOST_WARNINGS = 1000;
    private static final long PAUSE_NANOS = 100_000_000;

    private final List<byte[]> messages = new ArrayList<>();
    private final Map<String, Instant> begun = new HashMap<>();
    private final Map<String, Integer> written = new HashMap<>();
    private final Map<String, Moved> moves = new HashMap<>();
    private final Set<String> completed = new HashSet<>();
    private final Set<String> cached = new HashSet<>();
    private final List<FailedStep> left = new ArrayList<>();
    private int warnings;
    private @Nullable StepFailure failure;
    private @Nullable Step definition;
    private boolean ended;

    private record Moved(Instant begun, long told) {}

    /** Takes messages. */
    @FunctionalInterface
    interface Listener {
        void hear(byte[] message) throws IOException, InterruptedException;
    }

    /** Tells all there is, and what comes, until the build has ended. */
    void follow(Listener listener) throws IOException, InterruptedException {
        for (int at = 0; ; at++) {
            byte[] next = next(at);
            if (next == null) {
                return;
            }
            listener.hear(next);
        }
    }

    /** All there is, for {@link #replay}. */
    synchronized byte[] kept() {
        var all = new ByteArrayOutputStream();
        for (byte[] each : messages) {
            if (all.size() + each.length < LARGEST_KEPT) {
                all.writeBytes(ByteBuffer.allocate(4).putInt(each.length).array());
                all.writeBytes(each);
            }
        }
        return all.toByteArray();
    }

    /** Tells what was kept. */
    static void replay(byte[] kept, Listener listener) throws IOException, InterruptedException {
        ByteBuffer all = ByteBuffer.wrap(kept);
        while (all.remaining() >= 4) {
            byte[] message = new byte[Math.min(all.getInt(), all.remaining())];
            all.get(message);
            listener.hear(message);
        }
    }

    private synchronized byte @Nullable [] next(int at) throws InterruptedException {
        while (at >= messages.size()) {
            if (ended) {
                return null;
            }
            wait();
        }
        return messages.get(at);
    }

    /**
     * Steps of a build.
     *
     * @param steps that began
     */
    record Counts(int steps, int completed, int cached, int warnings) {}

    synchronized Counts counts() {
        return new Counts(begun.size(), completed.size(), cached.size(), warnings);
    }

    /** The first step that failed. */
    synchronized @Nullable StepFailure failure() {
        return failure;
    }

    /** What failed steps have left. */
    synchronized List<FailedStep> left() {
        return List.copyOf(left);
    }

    synchronized void end() {
        ended = true;
        notifyAll();
    }

    private void add(int field, ProtoWriter item) {
        messages(new ProtoWriter().message(field, item));
    }

    private synchronized void messages(ProtoWriter message) {
        messages.add(message.toBytes());
        notifyAll();
    }

    @Override
    public void started(Step step) {
        add(1, vertex(step, begun(step)));
    }

    private synchronized Instant begun(Step step) {
        if (step.label().name().startsWith("[internal] load build definition")) {
            definition = step;
        }
        return begun.computeIfAbsent(step.digest(), key -> Instant.now());
    }

    private static ProtoWriter vertex(Step step, Instant started) {
        return new ProtoWriter()
                .text(1, step.digest())
                .texts(2, step.inputs())
                .text(3, step.label().name())
                .message(5, time(started));
    }

    static ProtoWriter time(Instant time) {
        return new ProtoWriter().number(1, time.getEpochSecond()).number(2, time.getNano());
    }

    @Override
    public void completed(Step step, boolean known, String result) {
        synchronized (this) {
            completed.add(step.digest());
            if (known) {
                cached.add(step.digest());
            }
        }
        add(1, vertex(step, begun(step)).truth(4, known).message(6, time(Instant.now())));
    }

    @Override
    public void failed(Step step, StepFailure why) {
        synchronized (this) {
            if (why.step() != null) {
                left.add(why.step());
            }
            if (failure == null || tellsMore(why, failure)) {
                failure = why;
            }
        }
        String message = why.message().isEmpty() ? "failed" : why.message();
        add(1, vertex(step, begun(step)).message(6, time(Instant.now())).text(7, message));
    }

    /** A place in the file tells more than none, and an exit code more than that; steps that were stopped tell nothing. */
    private static boolean tellsMore(StepFailure why, StepFailure than) {
        return (why.exitCode() >= 0 && than.exitCode() < 0)
                || (why.source() != null && than.source() == null && !why.isCanceled());
    }

    @Override
    public void output(Step step, int stream, byte[] bytes) {
        byte[] told = bytes;
        synchronized (this) {
            int before = written.getOrDefault(step.digest(), 0);
            if (before > LARGEST_OUTPUT) {
                return;
            }
            written.put(step.digest(), before + bytes.length);
            if (before + bytes.length > LARGEST_OUTPUT) {
                told = "[output clipped, log limit 2MiB reached]\n".getBytes(StandardCharsets.UTF_8);
            }
        }
        add(
                3,
                new ProtoWriter()
                        .text(1, step.digest())
                        .message(2, time(Instant.now()))
                        .number(3, stream)
                        .bytes(4, told));
    }

    @Override
    public void moved(Step step, String id, long current, long total, boolean done) {
        Instant now = Instant.now();
        Moved move;
        synchronized (this) {
            String key = step.digest() + id;
            Moved before = moves.get(key);
            long nanos = System.nanoTime();
            if (before != null && !done && nanos - before.told() < PAUSE_NANOS) {
                return;
            }
            move = new Moved(before == null ? now : before.begun(), nanos);
            moves.put(key, move);
        }
        ProtoWriter status = new ProtoWriter()
                .text(1, id)
                .text(2, step.digest())
                .text(3, id)
                .number(4, current)
                .number(5, total)
                .message(6, time(now))
                .message(7, time(move.begun()));
        add(2, done ? status.message(8, time(now)) : status);
    }

    /** Tells a remark on the build file at the step that has read it. */
    void warn(BuildWarning warning, dev.naru.build.@Nullable BuildFile file) {
        Step step;
        synchronized (this) {
            step = definition;
        }
        if (step != null) {
            warning(step, warning, file);
        }
    }

    /**
     * Tells a remark of a frontend that is not this builder's own.
     *
     * @param warning WarnRequest, whose fields are those of VertexWarning
     */
    void warn(ProtoFields warning) {
        synchronized (this) {
            if (warnings >= MOST_WARNINGS) {
                return;
            }
            warnings++;
        }
        byte[] message = warning.toBytes();
        if (message.length <= LARGEST_WARNING) {
            messages(new ProtoWriter().element(4, message));
        }
    }

    @Override
    public void warning(Step step, BuildWarning warning) {
        warning(step, warning, null);
    }

    private void warning(Step step, BuildWarning warning, dev.naru.build.@Nullable BuildFile file) {
        var range = warning.range();
        String line = range == null ? "" : " (line " + range.firstLine() + ")";
        String text = warning.rule().isEmpty() ? warning.message() : warning.rule() + ": " + warning.message() + line;
        ProtoWriter message = new ProtoWriter()
                .text(1, step.digest())
                .number(2, 1)
                .bytes(3, text.getBytes(StandardCharsets.UTF_8))
                .texts(4, List.of(warning.description()))
                .text(5, warning.url());
        if (range != null && file != null) {
            message.message(6, Failures.source(file)).message(7, Failures.range(range));
        }
        synchronized (this) {
            warnings++;
        }
        add(4, message);
    }
}
