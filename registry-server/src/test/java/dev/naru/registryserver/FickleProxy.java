package dev.naru.registryserver;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/** A way to a server that breaks after a number of bytes towards the client, or is closed. */
final class FickleProxy implements AutoCloseable {
    private final ServerSocket listener;
    private final int target;
    private final AtomicLong allowance = new AtomicLong(Long.MAX_VALUE);
    private final AtomicLong cuts = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();
    private volatile boolean refusing;
    private volatile boolean dying;

    FickleProxy(int target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Cuts, once, the connection that the answers' byte of that number goes through. */
    void cutAfter(long bytes) {
        allowance.set(bytes);
    }

    /** Cuts that connection and refuses all others from then on. */
    void dieAfter(long bytes) {
        dying = true;
        allowance.set(bytes);
    }

    /** Begins to count the answers' bytes. */
    void count() {
        answered.set(0);
    }

    long counted() {
        return answered.get();
    }

    long cuts() {
        return cuts.get();
    }

    /** Whether new connections break at once. */
    void refuse(boolean all) {
        refusing = all;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                if (refusing) {
                    client.close();
                } else {
                    Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                    Thread.ofVirtual().start(() -> copy(client, server, false));
                    Thread.ofVirtual().start(() -> copy(server, client, true));
                }
            }
        } catch (IOException closed) {
            // The test has ended.
        }
    }

    private void copy(Socket from, Socket to, boolean counted) {
        byte[] piece = new byte[16 << 10];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(piece); count >= 0 && !refusing; count = in.read(piece)) {
                if (counted && allowance.get() != Long.MAX_VALUE && allowance.addAndGet(-count) < 0) {
                    allowance.set(Long.MAX_VALUE);
                    cuts.incrementAndGet();
                    refusing = dying;
                    return;
                }
                out.write(piece, 0, count);
                answered.addAndGet(counted ? count : 0);
            }
        } catch (IOException broken) {
            // Both ends see it.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
