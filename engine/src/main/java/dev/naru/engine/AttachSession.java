package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.ContainerService.AttachQuery;
import dev.naru.engine.ContainerService.LogQuery;
import dev.naru.engine.ContainerService.LogSession;
import dev.naru.error.NaruException;
import dev.naru.runtime.Attachment;
import dev.naru.runtime.RunningContainer;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A client at a container's first process; it may come before the process does. */
final class AttachSession implements StreamSession {
    private final Container container;
    private final AttachQuery query;
    private final @Nullable LogSession replay;
    private final @Nullable HeldAttachment place;
    private final DetachKeys.@Nullable Scanner detach;
    private final ContainerTable table;

    private AttachSession(
            Container container,
            AttachQuery query,
            @Nullable LogSession replay,
            @Nullable HeldAttachment place,
            DetachKeys.@Nullable Scanner detach,
            ContainerTable table) {
        this.container = requireNonNull(container, "container");
        this.query = requireNonNull(query, "query");
        this.replay = replay;
        this.place = place;
        this.detach = detach;
        this.table = requireNonNull(table, "table");
    }

    /** @throws NaruException CONFLICT with Docker's texts when it is paused or restarting */
    static AttachSession open(
            Container container, String shown, AttachQuery query, ContainerTable table, LogReader logs) {
        boolean tty = Values.flag(container.record().config().tty());
        DetachKeys keys = DetachKeys.parse(query.detachKeys());
        HeldAttachment place = query.stream() ? place(container, shown, query) : null;
        LogSession replay = query.logs() && (query.stdout() || query.stderr())
                ? logs.open(container, new LogQuery(false, query.stdout(), query.stderr(), 0, 0, false, -1, false))
                : null;
        table.tell(container, "attach", Map.of());
        return new AttachSession(container, query, replay, place, tty && query.stdin() ? keys.scanner() : null, table);
    }

    private static HeldAttachment place(Container container, String shown, AttachQuery query) {
        container.lock().lock();
        try {
            switch (container.status().phase()) {
                case PAUSED ->
                    throw NaruException.conflict(
                            "container " + shown + " is paused, unpause the container before attach");
                case RESTARTING ->
                    throw NaruException.conflict(
                            "container " + shown + " is restarting, wait until the container is running");
                case CREATED, STARTING, RUNNING, EXITED, REMOVING, DEAD -> {}
            }
            boolean stdin =
                    query.stdin() && Values.flag(container.record().config().openStdin());
            var place = new HeldAttachment(stdin, query.stdout(), query.stderr());
            RunningContainer running = container.running();
            if (running == null) {
                container.held().add(place);
            } else {
                place.connect(running);
            }
            return place;
        } finally {
            container.lock().unlock();
        }
    }

    @Override
    public boolean tty() {
        return Values.flag(container.record().config().tty());
    }

    @Override
    public void serve(Client client) throws IOException {
        if (replay != null) {
            replay.writeTo(client.output());
        }
        if (place == null) {
            return;
        }
        Attachment attachment;
        try {
            attachment = place.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return;
        }
        boolean detached = attachment != null
                && new StreamPump(
                                attachment,
                                query.stdin()
                                        && Values.flag(
                                                container.record().config().openStdin()),
                                detach)
                        .run(client);
        if (detached) {
            table.tell(container, "detach", Map.of());
        }
    }

    @Override
    public void close() {
        if (replay != null) {
            replay.close();
        }
        if (place != null) {
            place.abandon();
            container.lock().lock();
            try {
                container.held().remove(place);
            } finally {
                container.lock().unlock();
            }
        }
    }
}
