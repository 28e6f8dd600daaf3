package dev.naru.store;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what running operations have written until something durable refers to it. Leases live in memory: a process
 * that dies takes its leases along, and what they held is collected at the next start.
 */
public final class Leases {
    private final Map<String, Integer> held = new HashMap<>();
    private @Nullable Set<String> touched;

    /** Opens a lease. Close it after the transaction that refers to what it holds. */
    public Lease open() {
        return new Lease(this);
    }

    synchronized void hold(String node) {
        held.merge(node, 1, Integer::sum);
        if (touched != null) {
            touched.add(node);
        }
    }

    /** Whether a lease holds the node now. */
    public synchronized boolean isHeld(String node) {
        return held.containsKey(node);
    }

    synchronized void release(String node) {
        held.computeIfPresent(node, (same, count) -> count == 1 ? null : count - 1);
    }

    /**
     * Begins a collection: everything leased from now on is safe from it, also when its lease ends meanwhile. Take the
     * roots after this.
     */
    synchronized void beginCollection() {
        if (touched != null) {
            throw new IllegalStateException("a collection is running");
        }
        touched = new HashSet<>(held.keySet());
    }

    /** Runs the deletion unless the node is leased; nobody can lease it meanwhile. */
    synchronized void deleteUnleased(String node, Runnable deletion) {
        if (!held.containsKey(node) && (touched == null || !touched.contains(node))) {
            deletion.run();
        }
    }

    synchronized void endCollection() {
        touched = null;
    }

    /** A lease of one operation. */
    public static final class Lease implements AutoCloseable {
        private final Leases leases;
        private final Set<String> nodes = new HashSet<>();

        private Lease(Leases leases) {
            this.leases = leases;
        }

        /** Holds a node: a blob's digest, or another name that a {@link Collector} knows. Repeatable. */
        public synchronized void hold(String node) {
            if (nodes.add(node)) {
                leases.hold(node);
            }
        }

        @Override
        public synchronized void close() {
            nodes.forEach(leases::release);
            nodes.clear();
        }
    }
}
