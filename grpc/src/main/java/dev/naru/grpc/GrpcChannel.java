package dev.naru.grpc;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The calling end of one connection. */
public final class GrpcChannel implements AutoCloseable {
    private final Connection connection;

    /**
     * Greets the peer. Nothing arrives before {@link #run}.
     *
     * @param transport is closed with the channel, and when the peer leaves
     */
    public GrpcChannel(InputStream in, OutputStream out, Closeable transport) throws IOException, InterruptedException {
        this.connection = new Connection(new BurstInput(in), out, transport, true, stream -> stream.reset(0));
        connection.start();
    }

    /** Carries the channel's calls until the peer leaves. */
    public void run() {
        connection.run(0);
    }

    /** Begins a call; close it. */
    public GrpcCall open(String path, Metadata metadata) throws IOException, InterruptedException {
        var fields = new Metadata()
                .add(":method", "POST")
                .add(":scheme", "http")
                .add(":path", path)
                .add(":authority", "localhost")
                .add("content-type", "application/grpc")
                .add("te", "trailers")
                .add("user-agent", "naru");
        metadata.forEach(fields::add);
        return new GrpcCall(connection.open(fields), path, true);
    }

    /**
     * One message there, one back.
     *
     * @throws GrpcException when it ends with an error
     */
    public ProtoFields call(String path, ProtoWriter request) throws IOException, InterruptedException {
        try (GrpcCall call = open(path, new Metadata())) {
            call.send(request);
            call.end();
            byte[] answer = call.receive();
            // The status comes after the message.
            if (answer != null && call.receive() != null) {
                throw new IOException("two answers of " + path);
            }
            return ProtoFields.of(answer == null ? new byte[0] : answer);
        }
    }

    /** Whether calls can begin. */
    public boolean isOpen() {
        return connection.open();
    }

    @Override
    public void close() {
        connection.close();
    }
}
