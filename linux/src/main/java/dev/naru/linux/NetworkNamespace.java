package dev.naru.linux;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * An open network namespace with its own rtnetlink socket, so that it can be set up from any thread. Only threads that
 * are made for it enter a namespace.
 */
public final class NetworkNamespace implements AutoCloseable {
    private static final int CLONE_NEWNET = 0x40000000;

    private static final NamespaceVisitors VISITORS = new NamespaceVisitors();

    private final Descriptor descriptor;
    private final FutureTask<Rtnetlink> rtnetlink;

    private NetworkNamespace(Descriptor descriptor, FutureTask<Rtnetlink> rtnetlink) {
        this.descriptor = descriptor;
        this.rtnetlink = rtnetlink;
    }

    /** Makes a namespace and, still inside it, does what is needed there, starting no thread. */
    public static NetworkNamespace create(Runnable inside) {
        return onVisitor(() -> {
            Syscall.UNSHARE.call("network namespace", CLONE_NEWNET);
            inside.run();
            return here();
        });
    }

    /** Opens a namespace by its path, such as {@code /proc/1/ns/net}. */
    public static NetworkNamespace open(Path path) {
        return open(path, () -> {});
    }

    /** Opens a namespace by its path and, in the same visit, does what is needed there, with the limits of {@link #call}. */
    public static NetworkNamespace open(Path path, Runnable inside) {
        NetworkNamespace namespace = entering(path, inside);
        try {
            namespace.enter();
            return namespace;
        } catch (RuntimeException failure) {
            namespace.close();
            throw failure;
        }
    }

    /**
     * Like {@link #open}, without waiting for the visit: {@link #rtnetlink} and {@link #enter} do.
     */
    public static NetworkNamespace entering(Path path, Runnable inside) {
        Descriptor descriptor = Descriptor.open(path.toString(), Descriptor.O_RDONLY, 0);
        FutureTask<Rtnetlink> task = VISITORS.beginSoon(() -> visited(descriptor, () -> visit(inside)));
        return new NetworkNamespace(descriptor, task);
    }

    /**
     * Waits until the namespace has been visited.
     *
     * @throws LinuxException when that failed
     */
    public void enter() {
        await(rtnetlink);
    }

    private static Rtnetlink visit(Runnable inside) {
        Rtnetlink rtnetlink = Rtnetlink.open();
        try {
            inside.run();
            return rtnetlink;
        } catch (RuntimeException failure) {
            rtnetlink.close();
            throw failure;
        }
    }

    /**
     * Runs something inside the namespace, on a thread that is made for it. It must start no threads, virtual ones included: a
     * thread inherits the namespace, and so would a carrier made for it, for all its life.
     */
    public <T> T call(Callable<T> action) {
        return onVisitor(() -> visited(descriptor, action));
    }

    public Rtnetlink rtnetlink() {
        return await(rtnetlink);
    }

    public Descriptor descriptor() {
        return descriptor;
    }

    private static NetworkNamespace here() {
        Descriptor descriptor = NamespaceVisitors.here();
        var rtnetlink = new FutureTask<>(Rtnetlink::open);
        rtnetlink.run();
        return new NetworkNamespace(descriptor, rtnetlink);
    }

    private static <T> T visited(Descriptor namespace, Callable<T> action) throws Exception {
        NamespaceVisitors.enter(namespace);
        return action.call();
    }

    private static <T> T onVisitor(Callable<T> action) {
        return await(VISITORS.begin(action));
    }

    private static <T> T await(FutureTask<T> task) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException retry) {
                    // The thread is inside the namespace: its outcome owns descriptors, so it is awaited.
                    interrupted = true;
                } catch (ExecutionException failure) {
                    throw unchecked(failure);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RuntimeException unchecked(ExecutionException outcome) {
        return switch (outcome.getCause()) {
            case RuntimeException failure -> failure;
            case Error failure -> throw failure;
            case null, default -> new IllegalStateException(outcome);
        };
    }

    @Override
    public void close() {
        try {
            await(rtnetlink).close();
        } catch (RuntimeException failed) {
            // Who needed the socket was told.
        } finally {
            descriptor.close();
        }
    }
}
