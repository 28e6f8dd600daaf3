package dev.naru.linux;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * An open network namespace with its own rtnetlink socket, so that it can be set up from any thread. A thread enters a
 * namespace only when it was made for that, and is thrown away afterwards.
 */
public final class NetworkNamespace implements AutoCloseable {
    private static final int CLONE_NEWNET = 0x40000000;
    private static final String THREAD_NAMESPACE = "/proc/thread-self/ns/net";

    private final Descriptor descriptor;
    private final Rtnetlink rtnetlink;

    private NetworkNamespace(Descriptor descriptor, Rtnetlink rtnetlink) {
        this.descriptor = descriptor;
        this.rtnetlink = rtnetlink;
    }

    /** Makes a namespace and, still inside it, does what is needed there, starting no thread. */
    public static NetworkNamespace create(Runnable inside) {
        return onThrowawayThread(() -> {
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
        Descriptor descriptor = Descriptor.open(path.toString(), Descriptor.O_RDONLY, 0);
        try {
            return new NetworkNamespace(descriptor, inside(descriptor, () -> visit(inside)));
        } catch (RuntimeException failure) {
            descriptor.close();
            throw failure;
        }
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
     * Runs something inside the namespace, on a thread of its own. It must start no threads, virtual ones included: a
     * thread inherits the namespace, and so would a carrier made for it, for all its life.
     */
    public <T> T call(Callable<T> action) {
        return inside(descriptor, action);
    }

    public Rtnetlink rtnetlink() {
        return rtnetlink;
    }

    public Descriptor descriptor() {
        return descriptor;
    }

    private static NetworkNamespace here() {
        Descriptor descriptor = Descriptor.open(THREAD_NAMESPACE, Descriptor.O_RDONLY, 0);
        return new NetworkNamespace(descriptor, Rtnetlink.open());
    }

    private static <T> T inside(Descriptor namespace, Callable<T> action) {
        return onThrowawayThread(() -> {
            Syscall.SETNS.call("network namespace", namespace.number(), CLONE_NEWNET);
            return action.call();
        });
    }

    private static <T> T onThrowawayThread(Callable<T> action) {
        var task = new FutureTask<T>(() -> returning(action));
        Thread.ofPlatform().daemon().name("naru-namespace").start(task);
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

    /**
     * Leaves the namespace before the result is told: waking a virtual thread may make a new carrier, and that inherits
     * the namespace of the thread that wakes.
     */
    private static <T> T returning(Callable<T> action) throws Exception {
        try (Descriptor home = Descriptor.open(THREAD_NAMESPACE, Descriptor.O_RDONLY, 0)) {
            try {
                return action.call();
            } finally {
                Syscall.SETNS.call("network namespace", home.number(), CLONE_NEWNET);
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
        rtnetlink.close();
        descriptor.close();
    }
}
