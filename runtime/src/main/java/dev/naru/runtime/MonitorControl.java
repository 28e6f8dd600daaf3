package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The control connection to one monitor: requests from any thread, answers and exits read by a virtual thread. */
final class MonitorControl implements AutoCloseable {
    private final MonitorSocket socket;
    private final Listener listener;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, Exchange> open = new HashMap<>();
    private final CountDownLatch lost = new CountDownLatch(1);
    private long lastTag;
    private boolean ended;

    MonitorControl(MonitorSocket socket, Listener listener) {
        this.socket = requireNonNull(socket, "socket");
        this.listener = requireNonNull(listener, "listener");
    }

    /** Hears what nobody asked for. */
    interface Listener {
        /**
         * Tells the end of a process.
         *
         * @param id an exec's id, empty for the container's first process
         */
        void exited(String id, ExitRecord exit);

        /** Tells that the connection has ended; nothing follows. */
        void lost();
    }

    private static final class Exchange {
        private final CountDownLatch answered = new CountDownLatch(1);
        private MonitorSocket.@Nullable Answer answer;
    }

    void listen(String name) {
        Thread.ofVirtual().name("naru-monitor-" + name).start(this::read);
    }

    private void read() {
        try {
            while (true) {
                MonitorSocket.Answer answer = socket.receive();
                if (answer.type() == MonitorSocket.EXITED) {
                    exited(answer.fields());
                } else {
                    answered(answer);
                }
            }
        } catch (IOException e) {
            end();
        }
    }

    private void exited(PlanFields fields) {
        String id = fields.text();
        listener.exited(id, ExitFile.record(fields.number(), fields.number(), fields.number(), fields.number()));
    }

    private void answered(MonitorSocket.Answer answer) {
        lock.lock();
        try {
            Exchange exchange = open.remove(answer.tag());
            if (exchange != null) {
                exchange.answer = answer;
                exchange.answered.countDown();
            }
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        socket.close();
        lock.lock();
        try {
            ended = true;
            open.values().forEach(exchange -> exchange.answered.countDown());
            open.clear();
        } finally {
            lock.unlock();
        }
        try {
            listener.lost();
        } finally {
            lost.countDown();
        }
    }

    /** Asks and waits for the answer; {@code what} names the operation in errors. */
    PlanFields ask(String what, int type, byte[] fields) {
        Exchange exchange = send(what, type, fields);
        boolean interrupted = false;
        while (true) {
            try {
                exchange.answered.await();
                break;
            } catch (InterruptedException e) {
                // The monitor acts in any case: its answer is at hand sooner than anybody could undo the request.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return result(what, exchange);
    }

    private static PlanFields result(String what, Exchange exchange) {
        MonitorSocket.Answer answer = exchange.answer;
        if (answer == null) {
            throw gone(what);
        }
        if (answer.type() == MonitorSocket.FAILED) {
            throw MonitorFailure.of(answer.fields()).exception(what);
        }
        return answer.fields();
    }

    private Exchange send(String what, int type, byte[] fields) {
        // An interrupt during the write would close the channel under all other users.
        boolean interrupted = Thread.interrupted();
        lock.lock();
        try {
            if (ended) {
                throw gone(what);
            }
            Exchange exchange = new Exchange();
            open.put(++lastTag, exchange);
            socket.send(type, lastTag, fields);
            return exchange;
        } catch (IOException e) {
            throw gone(what);
        } finally {
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static NaruException gone(String what) {
        return new NaruException(ErrorKind.CONFLICT, what, "the container is not running", null);
    }

    /** Waits until the monitor has ended; after its container that is soon. */
    void awaitEnd() throws InterruptedException {
        lost.await();
    }

    @Override
    public void close() {
        socket.close();
    }
}
