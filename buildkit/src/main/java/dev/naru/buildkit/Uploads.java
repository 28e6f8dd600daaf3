package dev.naru.buildkit;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;

/**
 * Contexts that come by a request of their own, for builds that begin before it is known whether they need one: build id
 * {@code upload-request:ID} brings what the build ID with the remote context {@code upload-request} waits for.
 */
final class Uploads {
    /** What the build id of a request begins with that only brings a context. */
    static final String BRINGS = "upload-request:";
    /** The remote context of a build that waits for one. */
    static final String WAITS = "upload-request";

    private static final long PATIENCE_MILLIS = 5000;

    private final Map<String, Offer> offers = new HashMap<>();

    /** A context, until it was read. */
    private static final class Offer {
        private final InputStream body;
        private boolean taken;
        private boolean done;

        Offer(InputStream body) {
            this.body = body;
        }
    }

    /** Offers a context, and waits until it was read. */
    synchronized void offer(String id, InputStream body) throws InterruptedException {
        var offer = new Offer(body);
        offers.put(id, offer);
        notifyAll();
        long until = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
        try {
            while (!offer.taken) {
                wait(left(until, "no build " + id + " waits for a context"));
            }
            while (!offer.done) {
                wait();
            }
        } finally {
            offers.remove(id);
        }
    }

    /** Takes the context of a build; its request ends with {@link #done}. */
    synchronized InputStream take(String id) throws InterruptedException {
        long until = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
        while (true) {
            Offer offer = offers.get(id);
            if (offer != null && !offer.taken) {
                offer.taken = true;
                notifyAll();
                return offer.body;
            }
            wait(left(until, "the context of build " + id + " did not come"));
        }
    }

    private static long left(long until, String otherwise) {
        long left = (until - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
            throw new NaruException(ErrorKind.UNAVAILABLE, otherwise, "", null);
        }
        return left;
    }

    synchronized void done(String id) {
        Offer offer = offers.get(id);
        if (offer != null) {
            offer.done = true;
            notifyAll();
        }
    }
}
