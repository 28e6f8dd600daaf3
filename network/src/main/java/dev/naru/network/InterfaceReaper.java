package dev.naru.network;

import dev.naru.linux.LinkBatch;
import dev.naru.linux.LinuxException;
import dev.naru.linux.Rtnetlink;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Removes interfaces off the hot path and many at once: the kernel waits for all processors at each removal, however
 * many it removes. Most are gone by then with their container's namespace.
 */
final class InterfaceReaper implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("naru.network");
    private static final long PAUSE_MILLIS = 500;

    private final Rtnetlink rtnetlink = Rtnetlink.openApart();
    private final int group = ThreadLocalRandom.current().nextInt(1 << 16, Integer.MAX_VALUE);
    private final ReentrantLock removing = new ReentrantLock();
    private final List<String> waiting = new ArrayList<>();
    private final Set<Thread> hurried = new HashSet<>();
    private boolean running;

    /** Removes an interface soon. */
    synchronized void add(String name) {
        waiting.add(name);
        if (!running) {
            running = true;
            // A platform thread: the kernel holds it for as long as the removal takes.
            Thread.ofPlatform().daemon().name("naru-interfaces").start(this::run);
        }
    }

    private void run() {
        try {
            do {
                Thread.sleep(PAUSE_MILLIS);
                flush();
            } while (more());
        } catch (InterruptedException never) {
            Thread.currentThread().interrupt();
        } catch (LinuxException failure) {
            LOG.log(System.Logger.Level.WARNING, "cannot remove interfaces: {0}", failure.getMessage());
            stopped();
        }
    }

    /**
     * Removes an interface at once, without waiting for what the kernel does after it is out of sight.
     *
     * @return the thread that has the kernel remove it; what it began, the kernel ends even when this process dies
     */
    Thread removeNow(String name) {
        Thread thread = Thread.ofPlatform().daemon().name("naru-interface").unstarted(() -> removed(name));
        synchronized (this) {
            waiting.remove(name);
            hurried.removeIf(each -> !each.isAlive());
            thread.start();
            hurried.add(thread);
        }
        return thread;
    }

    private void removed(String name) {
        try (Rtnetlink apart = Rtnetlink.openApart()) {
            apart.batch().delete(name).commit();
        } catch (LinuxException failure) {
            LOG.log(System.Logger.Level.WARNING, "cannot remove interface {0}: {1}", name, failure.getMessage());
            add(name);
        }
    }

    private synchronized boolean more() {
        running = !waiting.isEmpty();
        return running;
    }

    private synchronized void stopped() {
        running = false;
    }

    /** Removes now what waits; when this returns, what another thread was removing is gone too. */
    void flush() {
        underWay().forEach(InterfaceReaper::await);
        removing.lock();
        try {
            List<String> names = drain();
            if (!names.isEmpty()) {
                LinkBatch batch = rtnetlink.batch();
                names.forEach(name -> batch.group(name, group));
                batch.deleteGroup(group).commit();
            }
        } finally {
            removing.unlock();
        }
    }

    private synchronized List<Thread> underWay() {
        return List.copyOf(hurried);
    }

    private static void await(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized List<String> drain() {
        var names = List.copyOf(waiting);
        waiting.clear();
        return names;
    }

    @Override
    public void close() {
        try {
            flush();
        } catch (LinuxException failure) {
            LOG.log(System.Logger.Level.WARNING, "cannot remove interfaces: {0}", failure.getMessage());
        }
        rtnetlink.close();
    }
}
