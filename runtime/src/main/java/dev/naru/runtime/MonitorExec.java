package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An exec whose process is a child of the container's monitor. */
final class MonitorExec implements RunningExec {
    private final String id;
    private final int pid;
    private final MonitorContainer container;
    private final Outcome outcome;
    private final @Nullable Attachment attachment;

    MonitorExec(String id, int pid, MonitorContainer container, Outcome outcome, @Nullable Attachment attachment) {
        this.id = requireNonNull(id, "id");
        this.pid = pid;
        this.container = requireNonNull(container, "container");
        this.outcome = requireNonNull(outcome, "outcome");
        this.attachment = attachment;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public int pid() {
        return pid;
    }

    @Override
    public Optional<Attachment> attachment() {
        return Optional.ofNullable(attachment);
    }

    @Override
    public void signal(int signal) {
        container.signal(id, signal);
    }

    @Override
    public void resize(int rows, int columns) {
        container.resize(id, rows, columns);
    }

    @Override
    public ExitRecord awaitExit() throws InterruptedException {
        return outcome.await();
    }

    @Override
    public Optional<ExitRecord> exit() {
        return outcome.now();
    }

    @Override
    public void close() {
        if (attachment != null) {
            attachment.close();
        }
    }
}
