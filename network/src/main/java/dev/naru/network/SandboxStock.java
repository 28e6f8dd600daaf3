package dev.naru.network;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A few sandboxes kept ready for the network that is asked for, made by a thread that lives only while some are
 * missing. They hang on this process's descriptors alone, so nothing of them outlives it.
 */
final class SandboxStock implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("naru.network");

    private final int most;
    private final Deque<KernelSandbox> ready = new ArrayDeque<>();
    private String network = "";
    private int strangers;
    private boolean filling;
    private boolean closed;

    SandboxStock(int most) {
        this.most = most;
    }

    /** One that is ready for the network, if there is; others are made by this maker from now on. */
    synchronized Optional<KernelSandbox> take(String wanted, Supplier<KernelSandbox> maker) {
        if (most == 0 || closed) {
            return Optional.empty();
        }
        if (!network.equals(wanted) && !turnTo(wanted)) {
            return Optional.empty();
        }
        strangers = 0;
        Optional<KernelSandbox> result = Optional.ofNullable(ready.poll());
        if (!filling) {
            filling = true;
            Thread.ofPlatform().daemon().name("naru-sandboxes").start(() -> fill(maker));
        }
        return result;
    }

    /** A network must be asked for several times in a row before the stock is given up for it. */
    private boolean turnTo(String wanted) {
        if (!network.isEmpty() && ++strangers <= most) {
            return false;
        }
        ready.forEach(KernelSandbox::close);
        ready.clear();
        network = wanted;
        return true;
    }

    private void fill(Supplier<KernelSandbox> maker) {
        String of = missing("");
        while (!of.isEmpty()) {
            try {
                put(of, maker.get());
            } catch (RuntimeException failure) {
                LOG.log(System.Logger.Level.DEBUG, "cannot keep sandboxes ready: {0}", failure.getMessage());
                stop();
                return;
            }
            of = missing(of);
        }
    }

    /** The network to make one for; empty when this thread is done. */
    private synchronized String missing(String before) {
        boolean changed = !before.isEmpty() && !before.equals(network);
        filling = !closed && !changed && ready.size() < most;
        return filling ? network : "";
    }

    private synchronized void stop() {
        filling = false;
    }

    private synchronized void put(String of, KernelSandbox sandbox) {
        if (closed || !of.equals(network)) {
            sandbox.close();
        } else {
            ready.add(sandbox);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        ready.forEach(KernelSandbox::close);
        ready.clear();
    }
}
