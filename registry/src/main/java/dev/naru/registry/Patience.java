package dev.naru.registry;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Looks after connections while there are any, and ends those whose peers let wait for too long. */
final class Patience implements AutoCloseable {
    /** Of connections that nobody uses: the requests of one push or pull follow each other sooner. */
    private static final Duration REST = Duration.ofSeconds(5);

    private static final Duration MOST_BETWEEN = Duration.ofSeconds(1);

    private final Duration most;
    private final Set<PatientTransport> watched = new HashSet<>();
    private boolean watching;
    private boolean closed;

    Patience(Duration most) {
        this.most = requireNonNull(most, "most");
    }

    long seconds() {
        return most.toSeconds();
    }

    /** When a wait that begins now is too long, on the clock of {@link System#nanoTime}. */
    long end() {
        return System.nanoTime() + most.toNanos();
    }

    long endOfRest() {
        return System.nanoTime() + REST.toNanos();
    }

    synchronized void watch(PatientTransport transport) throws IOException {
        if (closed) {
            throw new IOException("the registry client was closed");
        }
        watched.add(transport);
        if (!watching) {
            watching = true;
            Thread.ofVirtual().name("naru-patience").start(this::run);
        }
    }

    synchronized void leave(PatientTransport transport) {
        watched.remove(transport);
    }

    private void run() {
        Duration between = most.compareTo(MOST_BETWEEN) < 0 ? most : MOST_BETWEEN;
        for (List<PatientTransport> all = all(); !all.isEmpty(); all = all()) {
            all.forEach(each -> each.endIfLate(System.nanoTime()));
            try {
                Thread.sleep(between);
            } catch (InterruptedException nobodysBusiness) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private synchronized List<PatientTransport> all() {
        watching = !watched.isEmpty();
        return List.copyOf(watched);
    }

    @Override
    public void close() {
        List<PatientTransport> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(watched);
        }
        all.forEach(PatientTransport::close);
    }
}
