package dev.naru.buildkit;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.grpc.GrpcChannel;
import dev.naru.grpc.Metadata;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The sessions that clients hold open. */
final class Sessions {
    private static final long PATIENCE_MILLIS = 5000;

    private final Map<String, ClientSession> open = new HashMap<>();

    /** Keeps a session open until its client leaves. */
    void carry(Metadata fields, InputStream in, OutputStream out, Closeable transport)
            throws IOException, InterruptedException {
        String id = fields.get("x-docker-expose-session-uuid", "");
        Set<String> methods = new HashSet<>();
        fields.all("x-docker-expose-session-grpc-method").forEach(each -> methods.add(each.toLowerCase(Locale.ROOT)));
        var channel = new GrpcChannel(in, out, transport);
        var session = new ClientSession(id, fields.get("x-docker-expose-session-sharedkey", ""), methods, channel);
        synchronized (this) {
            open.put(id, session);
            notifyAll();
        }
        // A virtual thread that waits for each of a gigabyte's pieces is woken by two other threads each time.
        Thread reader = Thread.ofPlatform().name("naru-session").daemon().start(channel::run);
        try {
            reader.join();
        } finally {
            channel.close();
            synchronized (this) {
                open.remove(id, session);
            }
        }
    }

    /**
     * The session, which may come later than the call that names it.
     *
     * @throws NaruException UNAVAILABLE when it does not come
     */
    synchronized ClientSession get(String id) throws InterruptedException {
        long until = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
        while (true) {
            ClientSession session = open.get(id);
            if (session != null) {
                return session;
            }
            long left = (until - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new NaruException(ErrorKind.UNAVAILABLE, "no active session for " + id, "", null);
            }
            wait(left);
        }
    }
}
