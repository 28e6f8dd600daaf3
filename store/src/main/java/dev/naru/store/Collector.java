package dev.naru.store;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Garbage collection: what cannot be reached from the roots and is not leased goes. */
public final class Collector {
    private final Leases leases;
    private final ReentrantLock one = new ReentrantLock();

    Collector(Leases leases) {
        this.leases = leases;
    }

    /**
     * Collects.
     *
     * @param candidates the nodes that may go
     * @param roots the nodes that stay; asked after new leases are being noted, so that a node moving from a lease to a
     *     document is seen in one of the two
     * @param edges the nodes that a node keeps
     * @param delete removes a node; what it throws ends the collection
     * @return the nodes removed
     */
    public Set<String> collect(
            Collection<String> candidates,
            Supplier<? extends Collection<String>> roots,
            Function<String, ? extends Collection<String>> edges,
            Consumer<String> delete) {
        one.lock();
        try {
            leases.beginCollection();
            try {
                Set<String> reached = reach(roots.get(), edges);
                var removed = new HashSet<String>();
                for (String candidate : candidates) {
                    if (!reached.contains(candidate)) {
                        leases.deleteUnleased(candidate, () -> {
                            delete.accept(candidate);
                            removed.add(candidate);
                        });
                    }
                }
                return removed;
            } finally {
                leases.endCollection();
            }
        } finally {
            one.unlock();
        }
    }

    private static Set<String> reach(Collection<String> roots, Function<String, ? extends Collection<String>> edges) {
        var reached = new HashSet<>(roots);
        var open = new ArrayDeque<>(reached);
        while (!open.isEmpty()) {
            for (String next : edges.apply(open.pop())) {
                if (reached.add(next)) {
                    open.push(next);
                }
            }
        }
        return reached;
    }
}
