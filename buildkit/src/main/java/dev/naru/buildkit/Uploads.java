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

    private final Map<String, InputStream> waiting = new HashMap<>();

    /** Offers a context, and waits until it was read. */
    synchronized void offer(String id, InputStream body) throws InterruptedException {
        waiting.put(id, body);
        notifyAll();
        long until = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
        try {
            while (waiting.get(id) == body) {
                long left = (until - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    throw new NaruException(ErrorKind.UNAVAILABLE, "no build " + id + " waits for a context", "", null);
                }
                wait(left);
            }
            while (waiting.containsKey(reading(id))) {
                wait();
            }
        } finally {
            waiting.remove(id, body);
        }
    }

    /** Takes the context of a build; its request ends with {@link #done}. */
    synchronized InputStream take(String id) throws InterruptedException {
        long until = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
        while (true) {
            InputStream body = waiting.remove(id);
            if (body != null) {
                waiting.put(reading(id), body);
                notifyAll();
                return body;
            }
            long left = (until - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new NaruException(
                        ErrorKind.UNAVAILABLE, "the context of build " + id + " did not come", "", null);
            }
            wait(left);
        }
    }

    synchronized void done(String id) {
        waiting.remove(reading(id));
        notifyAll();
    }

    private static String reading(String id) {
        return "reading:" + id;
    }
}
