package dev.naru.grpc;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The serving end of connections. */
public final class GrpcServer {
    private static final System.Logger LOG = System.getLogger("naru.grpc");

    private final GrpcService service;
    private final int mostCalls;

    public GrpcServer(GrpcService service) {
        this(service, Connection.MOST_STREAMS);
    }

    /** @param mostCalls that a client may make at a time; one that makes more is disconnected */
    public GrpcServer(GrpcService service, int mostCalls) {
        this.service = requireNonNull(service, "service");
        this.mostCalls = mostCalls;
    }

    /**
     * Serves a connection until the client leaves it.
     *
     * @param prefaceRead how many bytes of the client's greeting have been read already
     * @param transport is closed then
     * @return why the connection has ended: EOFException when the client just left
     */
    public IOException serve(InputStream in, OutputStream out, int prefaceRead, Closeable transport)
            throws IOException, InterruptedException {
        var connection = new Connection(in, out, transport, false, mostCalls, this::accept);
        connection.start();
        return connection.run(prefaceRead);
    }

    private void accept(Stream stream) {
        Thread.ofVirtual().name("naru-grpc-call").start(() -> answer(stream));
    }

    private void answer(Stream stream) {
        stream.worker(Thread.currentThread());
        try {
            Metadata headers = stream.headers();
            if (!headers.get("content-type", "").startsWith("application/grpc")) {
                stream.write(new Metadata().add(":status", "415"), true);
                return;
            }
            var call = new GrpcCall(stream, headers.get(":path", ""), false);
            GrpcException failure = outcome(call);
            stream.worker(null);
            call.finish(failure);
        } catch (IOException gone) {
            LOG.log(System.Logger.Level.DEBUG, "call ended", gone);
        } catch (InterruptedException stop) {
            LOG.log(System.Logger.Level.DEBUG, "call was given up");
        } finally {
            stream.close();
        }
    }

    private @org.jspecify.annotations.Nullable GrpcException outcome(GrpcCall call)
            throws IOException, InterruptedException {
        try {
            service.serve(call);
            return null;
        } catch (GrpcException failure) {
            return failure;
        } catch (NaruException failure) {
            return new GrpcException(ErrorStatus.of(failure.kind()), String.valueOf(failure.getMessage()));
        } catch (RuntimeException | LinkageError | StackOverflowError defect) {
            LOG.log(System.Logger.Level.ERROR, "cannot serve " + call.path(), defect);
            return new GrpcException(GrpcStatus.INTERNAL, "internal error: " + defect);
        }
    }
}
