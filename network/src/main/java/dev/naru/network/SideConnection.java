package dev.naru.network;

import static java.util.Objects.requireNonNull;

import dev.naru.linux.Descriptor;
import dev.naru.linux.PacketChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The connection to a process beside the engine: requests from any thread, answers in their order, read by a thread of its own. */
final class SideConnection implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 5;
    private static final int LIST_HEADER = 5;

    private final PacketChannel channel;
    private final Runnable lost;
    private final ReentrantLock lock = new ReentrantLock();
    /** In the order in which they were sent. The reader takes them off without the lock, which would stop who sends more. */
    private final Queue<Request> open = new ConcurrentLinkedQueue<>();

    private boolean ended;

    /** @param lost told once, when the other side has ended */
    SideConnection(PacketChannel channel, Runnable lost) {
        this.channel = requireNonNull(channel, "channel");
        this.lost = requireNonNull(lost, "lost");
        Thread.ofPlatform().daemon().name("naru-side").start(this::read);
    }

    /** A request under way. */
    static final class Request {
        private final CountDownLatch answered = new CountDownLatch(1);
        private final List<String> list = new ArrayList<>();
        private final boolean lists;
        private int status = -1;

        private Request(boolean lists) {
            this.lists = lists;
        }

        /** Waits for the error number of the answer, 0 for none, -1 when there will be no answer. */
        int await() {
            boolean interrupted = false;
            try {
                while (true) {
                    try {
                        return answered.await(PATIENCE_SECONDS, TimeUnit.SECONDS) ? status : -1;
                    } catch (InterruptedException later) {
                        // The answer is at hand sooner than anybody could undo the request.
                        interrupted = true;
                    }
                }
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        /** What a list holds; to be read after {@link #await}. */
        List<String> list() {
            return List.copyOf(list);
        }
    }

    Request send(byte[] message) {
        return send(message, List.of(), false);
    }

    Request send(byte[] message, List<Descriptor> descriptors) {
        return send(message, descriptors, false);
    }

    Request list(byte[] message) {
        return send(message, List.of(), true);
    }

    private Request send(byte[] message, List<Descriptor> descriptors, boolean lists) {
        var request = new Request(lists);
        lock.lock();
        try {
            if (ended) {
                request.answered.countDown();
                return request;
            }
            open.add(request);
            channel.send(message, descriptors);
        } catch (IOException gone) {
            // The reader sees the end too, and tells all who wait.
            channel.shutdown();
        } finally {
            lock.unlock();
        }
        return request;
    }

    private void read() {
        try {
            byte[] answer = channel.receive();
            while (answer.length > 0) {
                answered(answer);
                answer = channel.receive();
            }
        } catch (IOException gone) {
            // It ends as any other connection does.
        }
        end();
        lost.run();
    }

    private void answered(byte[] answer) {
        Request request = open.peek();
        if (request == null) {
            return;
        }
        if (request.lists) {
            request.list.addAll(texts(answer));
        }
        if (!request.lists || !more(answer)) {
            open.remove();
            request.status = status(answer);
            request.answered.countDown();
        }
    }

    /** The error number that an answer begins with; 0 for none. */
    private static int status(byte[] answer) {
        return answer.length < 2 ? 0 : Byte.toUnsignedInt(answer[0]) | Byte.toUnsignedInt(answer[1]) << 8;
    }

    /** Whether another packet of the same list follows. */
    private static boolean more(byte[] answer) {
        return answer.length >= LIST_HEADER && answer[LIST_HEADER - 1] != 0;
    }

    /** The texts of one packet of a list. */
    private static List<String> texts(byte[] answer) {
        var all = new ArrayList<String>();
        for (int at = LIST_HEADER; at + 2 <= answer.length; ) {
            int length = Byte.toUnsignedInt(answer[at]) | Byte.toUnsignedInt(answer[at + 1]) << 8;
            all.add(new String(answer, at + 2, Math.min(length, answer.length - at - 2), StandardCharsets.UTF_8));
            at += 2 + length;
        }
        return all;
    }

    private void end() {
        lock.lock();
        try {
            ended = true;
            @Nullable Request request = open.poll();
            while (request != null) {
                request.answered.countDown();
                request = open.poll();
            }
            channel.close();
        } finally {
            lock.unlock();
        }
    }

    /** Whether there will be no more answers. */
    boolean ended() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the connection; the reader closes it. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (!ended) {
                channel.shutdown();
            }
        } finally {
            lock.unlock();
        }
    }
}
