package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.runtime.RunningContainer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A container in memory: the last written record and status, the lock that serialises its transitions, and the
 * connection to its monitor while it runs. Reading needs no lock.
 */
final class Container {
    private final ReentrantLock lock = new ReentrantLock();
    private volatile ContainerRecord record;
    private volatile ContainerStatus status;
    private volatile @Nullable RunningContainer running;
    private volatile @Nullable HealthStatus health;
    private final ExitWaits waits = new ExitWaits();
    private final List<HeldAttachment> held = new ArrayList<>(0);
    private volatile @Nullable Thread timer;
    private volatile @Nullable Thread monitor;
    private volatile boolean restarting;
    private volatile long backoffMillis;
    private volatile @Nullable Alongside clearing;

    Container(ContainerRecord record, ContainerStatus status) {
        this.record = requireNonNull(record, "record");
        this.status = requireNonNull(status, "status");
    }

    String id() {
        return record.id();
    }

    /** Held during each transition; never while waiting for a client. */
    ReentrantLock lock() {
        return lock;
    }

    ContainerRecord record() {
        return record;
    }

    ContainerStatus status() {
        return status;
    }

    /** The connection to its monitor, null when it does not run. */
    @Nullable
    RunningContainer running() {
        return running;
    }

    /** The outcome of its health checks, null when it has none. */
    @Nullable
    HealthStatus health() {
        return health;
    }

    void record(ContainerRecord next) {
        record = requireNonNull(next, "next");
    }

    void status(ContainerStatus next) {
        status = requireNonNull(next, "next");
    }

    void running(@Nullable RunningContainer next) {
        running = next;
    }

    void health(@Nullable HealthStatus next) {
        health = next;
    }

    /** Who waits for its end. */
    ExitWaits waits() {
        return waits;
    }

    /** Clients that attached before its start. The container's lock guards the list. */
    List<HeldAttachment> held() {
        return held;
    }

    /** The thread that waits to start it again, null for none. */
    @Nullable
    Thread timer() {
        return timer;
    }

    void timer(@Nullable Thread next) {
        timer = next;
    }

    /** What runs its health checks, null for none. */
    @Nullable
    Thread monitor() {
        return monitor;
    }

    void monitor(@Nullable Thread next) {
        monitor = next;
    }

    /** Whether a client's restart goes on, during which its end is no reason to remove it. */
    boolean restarting() {
        return restarting;
    }

    void restarting(boolean next) {
        restarting = next;
    }

    /** How long the last start by policy was put off, 0 for none. */
    long backoffMillis() {
        return backoffMillis;
    }

    void backoffMillis(long next) {
        backoffMillis = next;
    }

    /** What takes away the remains of its last run; it goes on after the end was told. */
    void clearing(Alongside next) {
        clearing = next;
    }

    /** Waits until nothing of its last run remains. */
    void awaitClearing() {
        Alongside work = clearing;
        if (work != null) {
            work.settle();
            clearing = null;
        }
    }
}
