package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import dev.naru.build.StepRunner.RunningProcess;
import dev.naru.error.NaruException;
import dev.naru.grpc.GrpcCall;
import dev.naru.grpc.GrpcException;
import dev.naru.grpc.GrpcStatus;
import dev.naru.grpc.ProtoWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A process that a frontend has started, as messages of its call. */
final class ContainerProcess {
    private static final byte[] END = new byte[0];
    private static final int MOST_WAITING = 64;

    /** How long output may stay open behind the end of a process: another may have it. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /** How often a full input looks whether the process is still there. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    private final GrpcCall call;
    private final String id;
    private final RunningProcess process;
    private final List<Long> descriptors;
    private final BlockingQueue<byte[]> input = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Thread follower;
    private final Thread feeder;

    /** @param descriptors 0 to 2: those that the client wants */
    ContainerProcess(GrpcCall call, String id, RunningProcess process, List<Long> descriptors) {
        this.call = requireNonNull(call, "call");
        this.id = requireNonNull(id, "id");
        this.process = requireNonNull(process, "process");
        this.descriptors = List.copyOf(descriptors);
        this.follower = Thread.ofVirtual().name("naru-frontend-process").unstarted(this::follow);
        this.feeder = Thread.ofVirtual().name("naru-frontend-input").unstarted(this::feed);
    }

    void begin() throws IOException, InterruptedException {
        send(new ProtoWriter().text(1, id).message(5, new ProtoWriter()));
        follower.start();
        feeder.start();
    }

    private synchronized void send(ProtoWriter message) throws IOException, InterruptedException {
        call.send(message);
    }

    private void follow() {
        Thread reader = Thread.ofVirtual().name("naru-frontend-output").start(() -> process.follow(this::output));
        try {
            int code = process.awaitExit();
            reader.join(PATIENCE);
            for (long each : descriptors) {
                if (each > 0) {
                    file(each, END, true);
                }
            }
            send(exit(id, code, code == 0 ? null : new GrpcException(GrpcStatus.UNKNOWN, "exit code: " + code)));
            send(new ProtoWriter().text(1, id).message(7, new ProtoWriter()));
        } catch (IOException gone) {
            // The call's own thread learns that its client has left.
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } finally {
            feeder.interrupt();
            process.close();
        }
    }

    private void output(int stream, byte[] bytes) {
        try {
            if (descriptors.contains((long) stream)) {
                file(stream, bytes, false);
            }
        } catch (IOException gone) {
            // As above.
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void file(long descriptor, byte[] bytes, boolean end) throws IOException, InterruptedException {
        send(new ProtoWriter()
                .text(1, id)
                .message(
                        3, new ProtoWriter().number(1, descriptor).truth(2, end).bytes(3, bytes)));
    }

    static ProtoWriter exit(String id, int code, @Nullable GrpcException failure) {
        var exit = new ProtoWriter().number(1, code);
        return new ProtoWriter().text(1, id).message(6, failure == null ? exit : exit.message(2, failure.toProto()));
    }

    /** Its standard input; waits while the process runs and reads nothing. */
    void input(byte[] bytes, boolean end) throws InterruptedException {
        if (bytes.length > 0) {
            offer(bytes);
        }
        if (end) {
            offer(END);
        }
    }

    private void offer(byte[] bytes) throws InterruptedException {
        boolean taken = false;
        while (!taken && follower.isAlive()) {
            taken = input.offer(bytes, LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void feed() {
        try {
            byte[] next = input.take();
            try {
                for (; next.length > 0; next = input.take()) {
                    process.write(next);
                }
                process.endInput();
            } catch (IOException closed) {
                // It reads no more. What the client still sends is dropped, or its call would wait for ever.
                while (next.length > 0) {
                    next = input.take();
                }
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    void resize(int rows, int columns) {
        whileItRuns(() -> process.resize(rows, columns));
    }

    void signal(String name) {
        whileItRuns(() -> process.signal(name));
    }

    private void whileItRuns(Runnable what) {
        try {
            what.run();
        } catch (NaruException failure) {
            if (follower.isAlive()) {
                System.getLogger("naru.buildkit").log(System.Logger.Level.DEBUG, "process of a frontend", failure);
            }
        }
    }

    void await() throws InterruptedException {
        follower.join();
    }

    /** Ends it; nothing more is sent. */
    void kill() {
        if (follower.isAlive()) {
            signal("KILL");
            follower.interrupt();
        }
    }
}
