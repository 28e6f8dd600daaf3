package dev.naru.dist;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A way to a server on loopback that is as narrow as one likes, and counts what goes through. */
final class SlowRelay implements AutoCloseable {
    private static final int PIECE = 16 * 1024;

    private final ServerSocket entrance;
    private final int target;
    private final AtomicLong passed = new AtomicLong();
    private final AtomicInteger open = new AtomicInteger();
    /** How long a piece takes in microseconds; 0 for no time. */
    private volatile long pause;

    SlowRelay(int target) throws IOException {
        this.target = target;
        this.entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return entrance.getLocalPort();
    }

    /** From now on at most so many bytes a second on each connection, 0 for no limit; counts from zero again. */
    void limit(long bytesPerSecond) {
        pause = bytesPerSecond == 0 ? 0 : PIECE * 1_000_000L / bytesPerSecond;
        passed.set(0);
    }

    /** Bytes in both directions. */
    long passed() {
        return passed.get();
    }

    void awaitPassed(long bytes) throws InterruptedException {
        for (int i = 0; i < 6000 && passed.get() < bytes; i++) {
            Thread.sleep(10);
        }
        if (passed.get() < bytes) {
            throw new AssertionError("only " + passed.get() + " bytes of " + bytes + " came by");
        }
    }

    /** Waits until nobody is connected any more. */
    void awaitEnd() throws InterruptedException {
        for (int i = 0; i < 3000 && open.get() > 0; i++) {
            Thread.sleep(10);
        }
        if (open.get() > 0) {
            throw new AssertionError(open.get() + " connections stay");
        }
    }

    private void accept() {
        while (!entrance.isClosed()) {
            try {
                Socket client = entrance.accept();
                open.incrementAndGet();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                Thread.ofVirtual().start(() -> copy(server, client, () -> {}));
                Thread.ofVirtual().start(() -> copy(client, server, open::decrementAndGet));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void copy(Socket from, Socket to, Runnable end) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] piece = new byte[PIECE];
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                out.write(piece, 0, count);
                passed.addAndGet(count);
                if (pause > 0) {
                    Thread.sleep(java.time.Duration.ofNanos(pause * 1000 * count / PIECE));
                }
            }
        } catch (IOException | InterruptedException ended) {
            // One side is gone, and so is the other now.
            return;
        } finally {
            end.run();
        }
    }

    @Override
    public void close() throws IOException {
        entrance.close();
    }
}
