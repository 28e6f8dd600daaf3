package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.build.BuildProgress;
import dev.naru.build.BuildWarning;
import dev.naru.wire.BuildEvent;
import dev.naru.wire.BuildEventBuilder;
import java.util.Base64;
import java.util.function.Consumer;

/** Tells a build's progress as events, one at a time. */
final class EventProgress implements BuildProgress {
    private final Consumer<BuildEvent> sink;

    EventProgress(Consumer<BuildEvent> sink) {
        this.sink = requireNonNull(sink, "sink");
    }

    private static BuildEventBuilder of(Step step, String event) {
        return BuildEventBuilder.builder()
                .event(event)
                .step(step.digest())
                .name(step.label().name());
    }

    private synchronized void tell(BuildEventBuilder event) {
        sink.accept(event.build());
    }

    @Override
    public void started(Step step) {
        tell(of(step, "started"));
    }

    @Override
    public void completed(Step step, boolean cached, String result) {
        tell(of(step, "completed").cached(cached));
    }

    @Override
    public void failed(Step step, StepFailure failure) {
        var event = of(step, "failed").message(failure.message()).exitCode(failure.exitCode());
        if (failure.source() != null) {
            event.file(failure.source().file()).line(failure.source().firstLine());
        }
        tell(event);
    }

    @Override
    public void output(Step step, int stream, byte[] bytes) {
        tell(of(step, "output").stream(stream).data(Base64.getEncoder().encodeToString(bytes)));
    }

    @Override
    public void moved(Step step, String id, long current, long total, boolean done) {
        tell(of(step, "moved").id(id).current(current).total(total).done(done));
    }

    @Override
    public void warning(Step step, BuildWarning warning) {
        tell(of(step, "warning").message(warning.rule() + ": " + warning.message()));
    }
}
