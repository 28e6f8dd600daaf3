package dev.naru.engine;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The events that wait for one client. One that is too slow loses them here and reads them from the record again. */
final class EventListener {
    private final BlockingQueue<EventJournal.Entry> queue = new ArrayBlockingQueue<>(1024);
    private volatile boolean lost;

    void offer(EventJournal.Entry entry) {
        if (!queue.offer(entry)) {
            lost = true;
        }
    }

    /** The next one; null when it is later than {@code until}, in nanoseconds since 1970, 0 for never. */
    EventJournal.@Nullable Entry next(long until) throws InterruptedException {
        if (until == 0) {
            return queue.take();
        }
        EventJournal.Entry entry = queue.poll(Math.max(0, until - Timestamps.now()), TimeUnit.NANOSECONDS);
        return entry == null || Values.number(entry.message().timeNano()) > until ? null : entry;
    }

    /** Whether events were lost since the last call; what still waits is forgotten then. */
    boolean hasLost() {
        if (!lost) {
            return false;
        }
        queue.clear();
        lost = false;
        return true;
    }
}
