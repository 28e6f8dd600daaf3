package dev.naru.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Waits for connections to all ports that a relay serves, on one thread however many there are. */
final class RelayedPorts implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("naru.network");

    private final List<CountDownLatch> waiting = new ArrayList<>();
    private @Nullable Selector selector;

    /** Takes a port in; its connections are seen after {@link #begin}. */
    void add(ServerSocketChannel server, InetSocketAddress target) throws IOException {
        server.configureBlocking(false);
        server.register(selector(), SelectionKey.OP_ACCEPT, target);
    }

    /** Sees connections to the ports that were added. */
    synchronized void begin() {
        if (selector != null) {
            selector.wakeup();
        }
    }

    /** Returns when the ports that were closed are free: Java keeps their sockets until the selector has let go of them. */
    void settle() {
        var done = new CountDownLatch(1);
        synchronized (this) {
            if (selector == null || !selector.isOpen()) {
                return;
            }
            waiting.add(done);
            selector.wakeup();
        }
        try {
            done.await();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized Selector selector() throws IOException {
        if (selector == null) {
            Selector made = Selector.open();
            selector = made;
            // A platform thread: it waits in the kernel, where a virtual one would hold its carrier.
            Thread.ofPlatform().daemon().name("naru-relays").start(() -> run(made));
        }
        return selector;
    }

    private void run(Selector on) {
        try {
            while (on.isOpen()) {
                List<CountDownLatch> settled = drain();
                if (!settled.isEmpty()) {
                    on.selectNow(RelayedPorts::accept);
                    settled.forEach(CountDownLatch::countDown);
                }
                on.select(RelayedPorts::accept);
            }
        } catch (IOException failure) {
            LOG.log(System.Logger.Level.ERROR, "ports that are relayed answer no more: {0}", failure.getMessage());
        } finally {
            end(on);
        }
    }

    private synchronized List<CountDownLatch> drain() {
        List<CountDownLatch> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }

    private void end(Selector on) {
        try {
            on.close();
        } catch (IOException gone) {
            // Closing is all that was wanted.
        }
        drain().forEach(CountDownLatch::countDown);
    }

    private static void accept(SelectionKey key) {
        if (key.isValid() && key.channel() instanceof ServerSocketChannel server) {
            PortRelay.accept(server, (InetSocketAddress) key.attachment());
        }
    }

    @Override
    public synchronized void close() {
        if (selector != null) {
            try {
                selector.close();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }
}
