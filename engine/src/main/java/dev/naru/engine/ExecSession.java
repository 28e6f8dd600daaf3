package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.runtime.Attachment;
import dev.naru.runtime.RunningExec;
import java.util.Optional;

/** A client at an exec's streams. */
final class ExecSession implements StreamSession {
    private static final long EXIT_BEHIND_OUTPUT_MILLIS = 250;

    private final ExecInstance instance;
    private final Optional<Attachment> attachment;
    private final DetachKeys keys;
    private final Runnable detached;

    ExecSession(ExecInstance instance, RunningExec exec, DetachKeys keys, Runnable detached) {
        this.instance = requireNonNull(instance, "instance");
        this.attachment = exec.attachment();
        this.keys = requireNonNull(keys, "keys");
        this.detached = requireNonNull(detached, "detached");
    }

    @Override
    public boolean tty() {
        return instance.tty();
    }

    @Override
    public void serve(Client client) {
        boolean stdin = Values.flag(instance.request().attachStdin());
        if (attachment.isPresent()
                && new StreamPump(attachment.get(), stdin, tty() && stdin ? keys.scanner() : null).run(client)) {
            detached.run();
            return;
        }
        try {
            instance.awaitEnd(attachment.isPresent() ? EXIT_BEHIND_OUTPUT_MILLIS : Long.MAX_VALUE);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        attachment.ifPresent(Attachment::close);
    }
}
