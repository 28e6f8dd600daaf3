package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import dev.naru.linux.Descriptor;
import dev.naru.linux.KernelFile;
import dev.naru.linux.LinuxException;
import dev.naru.linux.Syscall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Rings when one of its control groups runs out of memory, and now and then when none has: who hears it reads the counters.
 * One descriptor and one thread serve all groups, and neither is there before the first. Groups leave when they are removed.
 *
 * <p>Version 1 signals an event descriptor (memory.rst, "OOM Control"); version 2 tells readers of a directory that
 * {@code memory.events} was written (inotify(7)).
 */
public final class MemoryAlarm implements AutoCloseable {
    private static final String V1_FILE = "memory.oom_control";
    private static final int IN_MODIFY = 2;
    private static final int IN_CLOEXEC = 0x80000;
    private static final int EVENTS = 4096;

    private final Runnable ring;
    private @Nullable Descriptor events;
    private boolean inotify;
    private volatile boolean closed;

    /** @param ring called on a thread of the alarm's own, which it may hold up: what happens meanwhile rings once more */
    public MemoryAlarm(Runnable ring) {
        this.ring = requireNonNull(ring, "ring");
    }

    /**
     * Listens to a group from now on.
     *
     * @param memoryEvents as {@link ControlGroup#memoryEvents()} tells
     * @throws LinuxException when the group is gone, or the kernel has no more descriptors or watches
     */
    public synchronized void add(Path memoryEvents) {
        if (closed) {
            return;
        }
        boolean first = String.valueOf(memoryEvents.getFileName()).equals(V1_FILE);
        Descriptor queue = open(first);
        if (first) {
            signal(queue, memoryEvents);
        } else {
            watch(queue, memoryEvents.toString());
        }
    }

    private Descriptor open(boolean first) {
        Descriptor queue = events;
        if (queue == null) {
            queue = new Descriptor((int)
                    (first
                            ? Syscall.EVENTFD2.call("memory", 0, IN_CLOEXEC)
                            : Syscall.INOTIFY_INIT1.call("memory", IN_CLOEXEC)));
            events = queue;
            inotify = !first;
            Descriptor opened = queue;
            // It waits in the kernel, so it gets a thread that shares nobody's carrier.
            Thread.ofPlatform().daemon().name("naru-memory-alarm").start(() -> listen(opened));
        }
        return queue;
    }

    private static void signal(Descriptor queue, Path control) {
        String directory = String.valueOf(control.getParent());
        try (Descriptor file = Descriptor.open(control.toString(), Descriptor.O_RDONLY, 0)) {
            KernelFile.write(directory + "/cgroup.event_control", queue.number() + " " + file.number());
        }
    }

    private static void watch(Descriptor queue, String file) {
        try (Arena arena = Arena.ofConfined()) {
            Syscall.INOTIFY_ADD_WATCH.call(
                    file, queue.number(), arena.allocateFrom(file).address(), IN_MODIFY);
        }
    }

    private void listen(Descriptor queue) {
        try (queue;
                Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(EVENTS, 8);
            while (!closed) {
                Syscall.READ.call("memory", queue.number(), buffer.address(), EVENTS);
                if (!closed) {
                    ring.run();
                }
            }
        }
    }

    /** Its thread ends when it next wakes, which is at once. */
    @Override
    public synchronized void close() {
        Descriptor queue = events;
        if (closed || queue == null) {
            closed = true;
            return;
        }
        closed = true;
        try (Arena arena = Arena.ofConfined()) {
            if (inotify) {
                MemorySegment root = arena.allocateFrom("/");
                long watch = Syscall.INOTIFY_ADD_WATCH.call("/", queue.number(), root.address(), IN_MODIFY);
                Syscall.INOTIFY_RM_WATCH.call("/", queue.number(), watch);
            } else {
                MemorySegment one = arena.allocate(8, 8);
                one.set(java.lang.foreign.ValueLayout.JAVA_LONG, 0, 1);
                Syscall.WRITE.call("memory", queue.number(), one.address(), 8);
            }
        }
    }
}
