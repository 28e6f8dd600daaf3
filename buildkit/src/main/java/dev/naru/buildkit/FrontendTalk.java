package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import dev.naru.build.StepRunner;
import dev.naru.error.NaruException;
import dev.naru.grpc.GrpcCall;
import dev.naru.grpc.GrpcException;
import dev.naru.grpc.GrpcServer;
import dev.naru.grpc.GrpcService;
import dev.naru.grpc.GrpcStatus;
import dev.naru.grpc.ProtoFields;
import dev.naru.grpc.ProtoWriter;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Serves a frontend in a container, which calls over its standard streams. It is not trusted: it may name what it was told
 * of, and what it may ask for is bounded.
 */
final class FrontendTalk implements StepRunner.Talk, RunningFrontend {
    /** How long a frontend may neither ask nor wait for an answer. */
    static final Duration IDLE = Duration.ofMinutes(10);

    private static final long LINGER_NANOS = Duration.ofSeconds(2).toNanos();
    private static final String SERVICE = "/moby.buildkit.v1.frontend.LLBBridge/";
    private static final int MOST_AT_A_TIME = 64;
    private static final int MOST_RECEIVED_AT_A_TIME = 8;
    private static final int MOST_CALLS = 100_000;
    private static final int MOST_TREES = 10_000;
    private static final int LARGEST_MESSAGE = 16 << 20;
    private static final long MOST_BYTES = 256 << 20;

    private final Build build;
    private final Map<String, ProtoFields> inputs;
    private final int depth;
    private final long idleNanos;
    private final Semaphore receiving = new Semaphore(MOST_RECEIVED_AT_A_TIME);
    private final Set<String> trees = new HashSet<>();
    private final FrontendContainers containers;
    private Build.@Nullable Outcome result;
    private @Nullable GrpcException refusal;
    private String broken = "";
    private long bytes;
    private int calls;
    private int active;
    private long quietSince = System.nanoTime();
    private boolean over;

    FrontendTalk(Build build, Map<String, ProtoFields> inputs, int depth, Duration idle) {
        this.build = requireNonNull(build, "build");
        this.inputs = Map.copyOf(inputs);
        this.containers = new FrontendContainers(build);
        this.depth = depth;
        this.idleNanos = idle.toNanos();
    }

    @Override
    public void talk(InputStream from, OutputStream to, Closeable end) throws IOException, InterruptedException {
        Thread watch = Thread.ofVirtual().name("naru-frontend-watch").start(() -> watch(end));
        try {
            IOException why = new GrpcServer(this::serve, MOST_AT_A_TIME).serve(from, to, 0, end);
            if (!(why instanceof EOFException) && !Thread.currentThread().isInterrupted()) {
                breakOff(String.valueOf(why.getMessage()));
            }
        } finally {
            watch.interrupt();
            containers.close();
            awaitCalls();
        }
    }

    /** Ends the talk when it is done, has gone wrong, or nothing happens. */
    private synchronized void watch(Closeable end) {
        try {
            while (true) {
                boolean done = result != null || refusal != null;
                long limit = done ? LINGER_NANOS : idleNanos;
                long left = limit - (System.nanoTime() - quietSince);
                if (!broken.isEmpty() || (active == 0 && left <= 0)) {
                    if (!done && broken.isEmpty()) {
                        broken = "it did nothing for "
                                + Duration.ofNanos(idleNanos).toSeconds() + " seconds";
                    }
                    end.close();
                    return;
                }
                wait(active > 0 ? 0 : left / 1_000_000 + 1);
            }
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        } catch (IOException failure) {
            System.getLogger("naru.buildkit").log(System.Logger.Level.DEBUG, "end of a frontend", failure);
        }
    }

    /** Calls that go on have been interrupted by the connection's end; the build's things are theirs until they return. */
    private synchronized void awaitCalls() {
        over = true;
        boolean interrupted = Thread.interrupted();
        while (active > 0) {
            try {
                wait();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(GrpcCall call) throws IOException, InterruptedException {
        begin();
        try {
            if (!call.path().startsWith(SERVICE)) {
                health(call);
                return;
            }
            if (call.path().equals(SERVICE + "ExecProcess")) {
                new ContainerTalk(call, build, containers).run();
                return;
            }
            ProtoFields request = receive(call);
            call.send(new BridgeCalls(build, this).answer(call.path().substring(SERVICE.length()), request));
        } catch (NaruException failure) {
            throw build.failure(failure);
        } finally {
            end();
        }
    }

    private static void health(GrpcCall call) throws IOException, InterruptedException {
        if (!call.path().startsWith("/grpc.health.v1.Health/")) {
            throw GrpcService.unknown(call.path());
        }
        call.receive(LARGEST_MESSAGE);
        // SERVING
        call.send(new ProtoWriter().number(1, 1));
    }

    private ProtoFields receive(GrpcCall call) throws IOException, InterruptedException {
        receiving.acquire();
        try {
            byte[] message = call.receive(LARGEST_MESSAGE);
            byte[] request = message == null ? new byte[0] : message;
            count(request.length);
            return read(request);
        } finally {
            receiving.release();
        }
    }

    private static ProtoFields read(byte[] request) {
        try {
            return ProtoFields.of(request);
        } catch (IOException malformed) {
            throw new GrpcException(GrpcStatus.INVALID_ARGUMENT, String.valueOf(malformed.getMessage()));
        }
    }

    private synchronized void count(int length) {
        bytes += length;
        if (bytes > MOST_BYTES) {
            throw breakOff("it sent more than " + (MOST_BYTES >> 20) + " MiB");
        }
    }

    private synchronized void begin() {
        if (over) {
            throw new GrpcException(GrpcStatus.CANCELLED, "the build goes on without this frontend");
        }
        if (++calls > MOST_CALLS) {
            throw breakOff("it made more than " + MOST_CALLS + " calls");
        }
        active++;
    }

    private synchronized void end() {
        active--;
        quietSince = System.nanoTime();
        notifyAll();
    }

    private synchronized GrpcException breakOff(String why) {
        if (broken.isEmpty() && result == null && refusal == null) {
            broken = why;
        }
        notifyAll();
        return new GrpcException(GrpcStatus.RESOURCE_EXHAUSTED, why);
    }

    /** Why it was ended before it gave a result, empty when it was not. */
    synchronized String broken() {
        return broken;
    }

    /**
     * What it gave back, null when it gave nothing.
     *
     * @throws GrpcException the failure that it gave back
     */
    synchronized Build.@Nullable Outcome result() {
        if (refusal != null) {
            throw refusal;
        }
        return result;
    }

    @Override
    public synchronized void told(String tree) {
        trees.add(tree);
        if (trees.size() > MOST_TREES) {
            throw breakOff("it asked for more than " + MOST_TREES + " trees");
        }
    }

    @Override
    public synchronized String known(String tree) {
        if (!trees.contains(tree)) {
            throw new GrpcException(GrpcStatus.NOT_FOUND, "no such ref: " + tree);
        }
        return tree;
    }

    @Override
    public Map<String, ProtoFields> inputs() {
        return inputs;
    }

    @Override
    public FrontendContainers containers() {
        return containers;
    }

    @Override
    public int depth() {
        return depth;
    }

    @Override
    public synchronized void finish(Build.Outcome given) {
        checkOpen();
        result = given;
        notifyAll();
    }

    @Override
    public synchronized void refuse(GrpcException failure) {
        checkOpen();
        refusal = failure;
        notifyAll();
    }

    private void checkOpen() {
        if (result != null || refusal != null) {
            throw new GrpcException(GrpcStatus.FAILED_PRECONDITION, "gateway result is already set");
        }
    }
}
