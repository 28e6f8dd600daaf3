package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.linux.LinuxException;
import dev.naru.runtime.MemoryAlarm;
import dev.naru.runtime.RunningContainer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells when a container with a memory limit runs out of it, at the moment when it happens: its first process may well go
 * on. One that has no limit is not watched; its end tells.
 */
final class OomWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("naru.engine");
    /** The kernel wakes its listeners before it has chosen and counted a victim. */
    private static final long[] LOOK_AFTER_MILLIS = {20, 80, 300};

    private final ContainerTable table;
    private final MemoryAlarm alarm = new MemoryAlarm(this::look);
    private final Map<Container, Watched> watched = new ConcurrentHashMap<>();

    OomWatch(ContainerTable table) {
        this.table = requireNonNull(table, "table");
    }

    /**
     * A run of a container.
     *
     * @param told how many of the group's events have been told
     */
    private record Watched(RunningContainer running, long told) {}

    /** Begins with a container that has just been started, found, or given a limit. */
    void begin(Container container, RunningContainer running) {
        boolean limited = Values.number(container.record().hostConfig().memory()) > 0
                || !Values.text(container.record().hostConfig().cgroupParent()).isEmpty();
        Watched known = watched.get(container);
        if (!limited || (known != null && known.running().equals(running))) {
            return;
        }
        try {
            // What an earlier engine has told is not told again; what happened while there was none is.
            long told = container.status().oomKilled() ? running.oomEvents() : 0;
            watched.put(container, new Watched(running, told));
            running.memoryEvents().ifPresent(alarm::add);
            look(container);
        } catch (LinuxException | NaruException gone) {
            LOG.log(System.Logger.Level.DEBUG, "the memory of container " + container.id(), gone);
        }
    }

    void end(Container container) {
        watched.remove(container);
    }

    private void look() {
        try {
            for (long pause : LOOK_AFTER_MILLIS) {
                Thread.sleep(pause);
                watched.keySet().forEach(this::look);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void look(Container container) {
        Watched before = watched.get(container);
        if (before == null) {
            return;
        }
        try {
            long count = before.running().oomEvents();
            if (count != before.told()
                    && watched.replace(container, before, new Watched(before.running(), count))
                    && count > before.told()) {
                tell(container, before.running());
            }
        } catch (LinuxException | NaruException gone) {
            LOG.log(System.Logger.Level.DEBUG, "the memory of container " + container.id(), gone);
        }
    }

    private void tell(Container container, RunningContainer running) {
        container.lock().lock();
        try {
            if (running.equals(container.running())
                    && container.status().phase().alive()) {
                table.change(
                        container,
                        ContainerStatusBuilder.builder(container.status())
                                .oomKilled(true)
                                .build(),
                        List.of(Happening.of(container.record(), "oom")));
            }
        } finally {
            container.lock().unlock();
        }
    }

    @Override
    public void close() {
        watched.clear();
        alarm.close();
    }
}
