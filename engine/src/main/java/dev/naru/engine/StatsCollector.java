package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.runtime.RunningContainer;
import dev.naru.wire.ContainerStatsResponse;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Samples what containers use. However many clients watch a container, its counters are read twice a second at most. */
final class StatsCollector {
    private static final long INTERVAL = 1_000_000_000L;
    private static final long FRESH = INTERVAL / 2;

    private final ContainerRegistry registry;
    private final Map<String, UsageSample> latest = new ConcurrentHashMap<>();

    StatsCollector(ContainerRegistry registry) {
        this.registry = requireNonNull(registry, "registry");
    }

    /**
     * Gives samples to the sink: one a second until interrupted, the container is removed, or the sink throws; or a
     * single one, which compares two moments a second apart unless {@code oneShot}.
     */
    void collect(Container container, boolean stream, boolean oneShot, Consumer<ContainerStatsResponse> sink) {
        UsageSample before = UsageSample.NONE;
        UsageSample now = sample(container);
        try {
            if (!stream) {
                if (!oneShot && now.taken()) {
                    before = now;
                    Thread.sleep(java.time.Duration.ofNanos(INTERVAL));
                    now = sample(container);
                }
                sink.accept(StatsView.of(container.record(), before, now));
                return;
            }
            long due = System.nanoTime();
            while (exists(container)) {
                sink.accept(StatsView.of(container.record(), before, now));
                due += INTERVAL;
                Thread.sleep(java.time.Duration.ofNanos(Math.max(0, due - System.nanoTime())));
                before = now;
                now = sample(container);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean exists(Container container) {
        return registry.find(container.id()).filter(known -> known == container).isPresent();
    }

    private UsageSample sample(Container container) {
        RunningContainer running = container.running();
        if (running == null || !container.status().phase().alive()) {
            latest.remove(container.id());
            return UsageSample.NONE;
        }
        return requireNonNull(latest.compute(container.id(), (id, known) -> fresh(container, running, known)));
    }

    private static UsageSample fresh(Container container, RunningContainer running, @Nullable UsageSample known) {
        if (known != null && known.age() < FRESH && known.pid() == running.pid()) {
            return known;
        }
        try {
            return UsageSample.take(container.record(), running);
        } catch (NaruException e) {
            if (e.kind() == ErrorKind.INVALID) {
                throw e;
            }
            // It has ended between the look and the reading.
            return UsageSample.NONE;
        }
    }
}
