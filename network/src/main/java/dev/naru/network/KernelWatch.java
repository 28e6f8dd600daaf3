package dev.naru.network;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.linux.KernelAnnouncements;
import dev.naru.linux.LinuxException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Notices when somebody takes a bridge or the table away, and has it mended. */
final class KernelWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("naru.network");
    /** Whoever flushes tables may be about to load others; what they do then is not undone by us but seen again. */
    private static final long SETTLE_MILLIS = 200;

    private final LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final Runnable mend;
    private final KernelAnnouncements links;
    private final KernelAnnouncements rules;
    private final Thread thread;

    /**
     * Begins to listen.
     *
     * @param bridge whether a link of this name is one of ours
     * @param table the name of our table
     * @param mend puts right what is not as it should be; harmless when all is
     */
    KernelWatch(Predicate<String> bridge, String table, Runnable mend) {
        this.mend = requireNonNull(mend, "mend");
        this.links = KernelAnnouncements.ofRemovedLinks(name -> {
            if (bridge.test(name)) {
                told.add(name);
            }
        });
        this.rules = KernelAnnouncements.ofRemovedRules(name -> {
            if (name.equals(table)) {
                told.add(name);
            }
        });
        this.thread = Thread.ofVirtual().name("naru-mend").start(this::run);
    }

    private void run() {
        try {
            while (true) {
                told.take();
                TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
                told.clear();
                attempt();
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void attempt() {
        try {
            mend.run();
        } catch (LinuxException | NaruException failure) {
            LOG.log(System.Logger.Level.ERROR, "what was taken away of the networks cannot be mended", failure);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        links.close();
        rules.close();
    }
}
