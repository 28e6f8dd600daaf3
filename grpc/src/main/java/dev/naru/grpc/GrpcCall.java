package dev.naru.grpc;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One call, as either of its ends sees it: messages both ways, each direction ended by itself. */
public final class GrpcCall implements Closeable {
    private static final int HEAD = 5;
    private static final int LARGEST_MESSAGE = 64 << 20;
    private static final int LARGEST_KEPT = 1 << 20;
    private static final String DETAILS = "grpc-status-details-bin";

    private final Stream stream;
    private final String path;
    private final boolean client;
    private final Object writing = new Object();
    private final byte[] head = new byte[HEAD];
    private byte[] place = new byte[0];
    private boolean headed;
    private final Metadata answer = new Metadata();

    GrpcCall(Stream stream, String path, boolean client) {
        this.stream = stream;
        this.path = path;
        this.client = client;
    }

    /** {@code /package.Service/Method}. */
    public String path() {
        return path;
    }

    /** What the other end said before its first message. */
    public Metadata metadata() throws IOException, InterruptedException {
        return stream.headers();
    }

    /** Header fields of a server's answer; before its first message. */
    public Metadata answer() {
        return answer;
    }

    /**
     * The other end's next message; null when it sends no more.
     *
     * @throws GrpcException when it ended the call with an error
     * @throws IOException when the call or its connection broke off
     */
    public byte @Nullable [] receive() throws IOException, InterruptedException {
        return receive(LARGEST_MESSAGE);
    }

    /**
     * The same for those who take no more than so many bytes.
     *
     * @throws GrpcException RESOURCE_EXHAUSTED for a larger message
     */
    public byte @Nullable [] receive(int largest) throws IOException, InterruptedException {
        int length = begun(largest);
        if (length < 0) {
            return null;
        }
        byte[] message = new byte[length];
        content(message, length);
        return message;
    }

    /**
     * The next message in memory that the one after it takes again, for those who take gigabytes; null when no more comes.
     *
     * @return fields that are valid until the next message is received
     */
    public @Nullable ProtoFields receiveInPlace() throws IOException, InterruptedException {
        int length = begun(LARGEST_MESSAGE);
        if (length < 0) {
            return null;
        }
        if (length > LARGEST_KEPT) {
            byte[] message = new byte[length];
            content(message, length);
            return ProtoFields.of(message);
        }
        if (place.length < length) {
            place = new byte[Math.min(LARGEST_KEPT, 2 * length)];
        }
        content(place, length);
        return ProtoFields.of(place, length);
    }

    /** How long the next message is; -1 when none comes. */
    private int begun(int largest) throws IOException, InterruptedException {
        int count = read(head, HEAD);
        if (count == 0) {
            if (client) {
                checkStatus();
            }
            return -1;
        }
        int length = ByteBuffer.wrap(head, 1, 4).getInt();
        if (count < HEAD || length < 0) {
            throw new IOException("malformed message of a call of " + path);
        }
        if (length > largest) {
            throw new GrpcException(
                    GrpcStatus.RESOURCE_EXHAUSTED, "message of " + length + " bytes, more than " + largest);
        }
        if (head[0] != 0) {
            throw new GrpcException(GrpcStatus.UNIMPLEMENTED, "compressed messages are not supported");
        }
        return length;
    }

    private void content(byte[] message, int length) throws IOException, InterruptedException {
        if (read(message, length) < length) {
            if (client) {
                checkStatus();
            }
            throw new IOException("a message of " + path + " ends too early");
        }
    }

    /** The only message; an empty one when there was none. */
    public ProtoFields request() throws IOException, InterruptedException {
        byte[] message = receive();
        return ProtoFields.of(message == null ? new byte[0] : message);
    }

    private int read(byte[] bytes, int length) throws IOException, InterruptedException {
        int count = 0;
        while (count < length) {
            int read = stream.read(bytes, count, length - count);
            if (read < 0) {
                return count;
            }
            count += read;
        }
        return count;
    }

    private void checkStatus() throws IOException, InterruptedException {
        Metadata trailers = stream.trailers();
        String status = trailers.get("grpc-status");
        if (status == null) {
            String http = stream.headers().get(":status", "");
            throw new GrpcException(GrpcStatus.UNKNOWN, "no status of " + path + " (HTTP " + http + ")");
        }
        if (!status.equals("0")) {
            throw failure(trailers);
        }
    }

    /** Sends one message, waiting while the other end has no room. Several threads may. */
    public void send(byte[] message) throws IOException, InterruptedException {
        send(List.of(message));
    }

    /** Sends several at once: of a small one, most of the cost at both ends is that it comes by itself. */
    public void send(List<byte[]> messages) throws IOException, InterruptedException {
        int size = messages.stream().mapToInt(each -> HEAD + each.length).sum();
        ByteBuffer framed = ByteBuffer.allocate(size);
        messages.forEach(each -> framed.put((byte) 0).putInt(each.length).put(each));
        synchronized (writing) {
            head();
            stream.write(framed.array(), false);
        }
    }

    public void send(ProtoWriter message) throws IOException, InterruptedException {
        send(message.toBytes());
    }

    /** Sends a server's header fields before there is a message. */
    public void head() throws IOException, InterruptedException {
        if (client || headed) {
            return;
        }
        headed = true;
        stream.write(headers(), false);
    }

    private Metadata headers() {
        var fields = new Metadata().add(":status", "200").add("content-type", "application/grpc");
        answer.forEach(fields::add);
        return fields;
    }

    /** As a client: no more messages from here; the answer goes on. */
    public void end() throws IOException, InterruptedException {
        stream.write(new byte[0], true);
    }

    /** As a server: the call's outcome, null for OK. */
    void finish(@Nullable GrpcException failure) throws IOException, InterruptedException {
        synchronized (writing) {
            // An answer without a message has its status in its only header block.
            Metadata trailers = headed ? new Metadata() : headers();
            headed = true;
            GrpcStatus status = failure == null ? GrpcStatus.OK : failure.status();
            trailers.add("grpc-status", Integer.toString(status.number()));
            if (failure != null) {
                trailers.add("grpc-message", PercentText.encode(String.valueOf(failure.getMessage())));
                if (!failure.details().isEmpty()) {
                    byte[] details = failure.toProto().toBytes();
                    trailers.add(DETAILS, Base64.getEncoder().withoutPadding().encodeToString(details));
                }
            }
            stream.write(trailers, true);
        }
    }

    /** Gives the call up if it has not ended. */
    @Override
    public void close() {
        stream.close();
    }

    private static GrpcException failure(Metadata trailers) throws IOException {
        String details = trailers.get(DETAILS);
        if (details != null) {
            return GrpcException.of(ProtoFields.of(
                    Base64.getDecoder().decode(details.replace("=", "").getBytes(StandardCharsets.US_ASCII))));
        }
        return new GrpcException(
                GrpcStatus.of(trailers.get("grpc-status", "2")), PercentText.decode(trailers.get("grpc-message", "")));
    }
}
