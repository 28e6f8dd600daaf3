package dev.naru.grpc;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One HTTP/2 connection whose peer knows beforehand that it is one (RFC 9113 section 3.3). */
final class Connection {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int INITIAL_WINDOW = 65535;

    /** What a peer may send to one stream, and to all, before somebody reads. */
    static final int STREAM_WINDOW = 1 << 20;

    private static final int CONNECTION_WINDOW = 16 << 20;
    static final int MOST_STREAMS = 1000;
    private static final int LARGEST_HEADERS = 1 << 20;

    private final FrameInput in;
    private final Closeable transport;
    private final FrameWriter writer;
    private final boolean client;
    private final int mostStreams;
    private final Consumer<Stream> accept;
    private final HeaderReader headers = new HeaderReader();
    private final Map<Integer, Stream> streams = new ConcurrentHashMap<>();

    /** Guards what follows, and the streams' windows. */
    private final Object window = new Object();

    private long sendWindow = INITIAL_WINDOW;
    private int peerWindow = INITIAL_WINDOW;
    private int peerFrame = Frame.LARGEST;
    private @Nullable IOException ended;
    private int nextStream = 1;
    private int lastAccepted;
    /** Has got data that its reader has not been told of. */
    private @Nullable Stream untold;

    private int unread;

    /**
     * @param transport is closed with the connection
     * @param accept gets streams that the peer opens; must not block
     */
    Connection(InputStream in, OutputStream out, Closeable transport, boolean client, Consumer<Stream> accept) {
        this(in, out, transport, client, MOST_STREAMS, accept);
    }

    /** @param mostStreams that a peer may have open at a time */
    Connection(
            InputStream in,
            OutputStream out,
            Closeable transport,
            boolean client,
            int mostStreams,
            Consumer<Stream> accept) {
        this.in = new FrameInput(in, this::tell);
        this.transport = requireNonNull(transport, "transport");
        this.writer = new FrameWriter(out, this::close);
        this.client = client;
        this.mostStreams = mostStreams;
        this.accept = requireNonNull(accept, "accept");
    }

    /** Greets the peer; calls may begin. */
    void start() throws IOException, InterruptedException {
        writer.start();
        if (client) {
            writer.write(PREFACE);
        }
        write(Frame.SETTINGS, 0, 0, settings());
        write(Frame.WINDOW_UPDATE, 0, 0, Frame.numbers(CONNECTION_WINDOW - INITIAL_WINDOW));
    }

    private byte[] settings() {
        var bytes = new ByteArrayOutputStream();
        // MAX_CONCURRENT_STREAMS, INITIAL_WINDOW_SIZE, MAX_HEADER_LIST_SIZE.
        int[][] all = {{3, mostStreams}, {4, STREAM_WINDOW}, {6, LARGEST_HEADERS}};
        for (int[] each : all) {
            bytes.write(0);
            bytes.write(each[0]);
            bytes.writeBytes(Frame.numbers(each[1]));
        }
        return bytes.toByteArray();
    }

    /**
     * Reads until the peer leaves or breaks the rules; all streams have ended then.
     *
     * @param prefaceRead how much of a client's greeting somebody has read already
     * @return why it has ended
     */
    IOException run(int prefaceRead) {
        IOException reason;
        try {
            if (!client) {
                byte[] rest = in.read(PREFACE.length - prefaceRead);
                if (!Arrays.equals(rest, 0, rest.length, PREFACE, prefaceRead, PREFACE.length)) {
                    throw new IOException("the peer does not speak HTTP/2");
                }
            }
            while (true) {
                Frame.Head head = Frame.Head.read(in);
                if (head.isPlainData()) {
                    data(head);
                } else {
                    tell();
                    take(head.payload(in));
                }
            }
        } catch (IOException gone) {
            reason = gone;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            reason = new IOException("interrupted");
        }
        end(reason);
        return reason;
    }

    private void take(Frame frame) throws IOException, InterruptedException {
        switch (frame.type()) {
            case Frame.DATA -> data(frame);
            case Frame.HEADERS -> headers(frame);
            case Frame.RST_STREAM -> {
                Stream stream = streams.remove(frame.stream());
                if (stream != null) {
                    stream.reset(frame.number(0));
                }
            }
            case Frame.SETTINGS -> {
                if (!frame.has(Frame.ACK)) {
                    settings(frame);
                    write(Frame.SETTINGS, Frame.ACK, 0, new byte[0]);
                }
            }
            case Frame.PING -> {
                if (!frame.has(Frame.ACK)) {
                    write(Frame.PING, Frame.ACK, 0, frame.payload());
                }
            }
            case Frame.WINDOW_UPDATE -> grow(frame);
            case Frame.CONTINUATION -> throw new IOException("header fields go on that did not begin");
            default -> {
                // PRIORITY, GOAWAY of a peer that will close, and what later versions bring.
            }
        }
    }

    /** Readers are woken once for all that came together: for each frame it would cost more than the frame. */
    private void tell() {
        Stream stream = untold;
        untold = null;
        if (stream != null) {
            stream.tell();
        }
    }

    private void data(Frame.Head head) throws IOException, InterruptedException {
        Stream stream = streams.get(head.stream());
        if (stream != untold) {
            tell();
        }
        if (stream == null) {
            in.read(head.length(), (bytes, offset, length) -> {});
            consumed(null, head.length());
            return;
        }
        in.read(head.length(), stream::data);
        if ((head.flags() & Frame.END_STREAM) != 0) {
            stream.dataEnded();
        }
        untold = stream;
    }

    private void data(Frame frame) throws IOException, InterruptedException {
        Stream stream = streams.get(frame.stream());
        int size = frame.payload().length;
        if (stream == null) {
            consumed(null, size);
            return;
        }
        byte[] content = frame.content();
        stream.data(content, 0, content.length);
        if (frame.has(Frame.END_STREAM)) {
            stream.dataEnded();
        }
        stream.tell();
        consumed(stream, stream.padded(size - content.length));
    }

    private void headers(Frame first) throws IOException {
        var block = new ByteArrayOutputStream();
        block.writeBytes(first.content());
        Frame last = first;
        while (!last.has(Frame.END_HEADERS)) {
            last = Frame.read(in);
            if (last.type() != Frame.CONTINUATION || last.stream() != first.stream()) {
                throw new IOException("header fields do not go on");
            }
            block.writeBytes(last.payload());
            if (block.size() > LARGEST_HEADERS) {
                throw new IOException("header fields larger than 1 MiB");
            }
        }
        Metadata fields = headers.read(block.toByteArray());
        Stream stream = streams.get(first.stream());
        if (stream == null && !client && first.stream() > lastAccepted && first.stream() % 2 == 1) {
            lastAccepted = first.stream();
            if (streams.size() >= mostStreams) {
                throw new IOException("more than " + mostStreams + " streams");
            }
            stream = open(first.stream());
            stream.headers(fields, first.has(Frame.END_STREAM));
            accept.accept(stream);
        } else if (stream != null) {
            stream.headers(fields, first.has(Frame.END_STREAM));
        }
    }

    private void settings(Frame frame) throws IOException {
        synchronized (window) {
            for (int at = 0; at + 6 <= frame.payload().length; at += 6) {
                int id = ((frame.payload()[at] & 0xff) << 8) | (frame.payload()[at + 1] & 0xff);
                int value = frame.number(at + 2);
                if (id == 4) {
                    int change = value - peerWindow;
                    peerWindow = value;
                    streams.values().forEach(stream -> stream.sendWindow += change);
                } else if (id == 5 && value >= Frame.LARGEST) {
                    peerFrame = Math.min(value, 64 << 10);
                }
            }
            window.notifyAll();
        }
    }

    private void grow(Frame frame) throws IOException {
        int more = frame.number(0) & 0x7fffffff;
        synchronized (window) {
            if (frame.stream() == 0) {
                sendWindow += more;
            } else {
                Stream stream = streams.get(frame.stream());
                if (stream != null) {
                    stream.sendWindow += more;
                }
            }
            window.notifyAll();
        }
    }

    /** A new stream of ours. */
    Stream open(Metadata fields) throws IOException, InterruptedException {
        synchronized (this) {
            Stream stream = open(nextStream);
            nextStream += 2;
            // Within the lock: identifiers must arrive in ascending order.
            write(stream, fields, false);
            return stream;
        }
    }

    private Stream open(int id) throws IOException {
        synchronized (window) {
            IOException reason = ended;
            if (reason != null) {
                throw new IOException("the connection has ended: " + reason.getMessage(), reason);
            }
            var stream = new Stream(this, id, peerWindow);
            streams.put(id, stream);
            return stream;
        }
    }

    void forget(Stream stream) {
        streams.remove(stream.id());
    }

    void write(Stream stream, Metadata fields, boolean last) throws IOException, InterruptedException {
        byte[] block = HeaderWriter.write(fields);
        var all = new ByteArrayOutputStream();
        int at = 0;
        do {
            int length = Math.min(Frame.LARGEST, block.length - at);
            int flags =
                    (at == 0 && last ? Frame.END_STREAM : 0) | (at + length == block.length ? Frame.END_HEADERS : 0);
            int type = at == 0 ? Frame.HEADERS : Frame.CONTINUATION;
            all.writeBytes(new Frame(type, flags, stream.id(), Arrays.copyOfRange(block, at, at + length)).bytes());
            at += length;
        } while (at < block.length);
        // One piece: nothing may come between a block's frames.
        writer.write(all.toByteArray());
    }

    /** Sends data as far as the peer has room, waiting for room. */
    void write(Stream stream, byte[] bytes, boolean last) throws IOException, InterruptedException {
        int at = 0;
        do {
            int length = reserve(stream, bytes.length - at);
            boolean end = last && at + length == bytes.length;
            write(
                    Frame.DATA,
                    end ? Frame.END_STREAM : 0,
                    stream.id(),
                    at == 0 && length == bytes.length ? bytes : Arrays.copyOfRange(bytes, at, at + length));
            at += length;
        } while (at < bytes.length);
    }

    private int reserve(Stream stream, int wanted) throws IOException, InterruptedException {
        synchronized (window) {
            while (true) {
                stream.check();
                IOException reason = ended;
                if (reason != null) {
                    throw new IOException("the connection has ended: " + reason.getMessage(), reason);
                }
                if (wanted == 0) {
                    return 0;
                }
                int room = (int) Math.min(Math.min(sendWindow, stream.sendWindow), Math.min(wanted, peerFrame));
                if (room > 0) {
                    sendWindow -= room;
                    stream.sendWindow -= room;
                    return room;
                }
                window.wait();
            }
        }
    }

    /** Wakes those who wait for room on a stream that is none any more. */
    void wake() {
        synchronized (window) {
            window.notifyAll();
        }
    }

    /** Somebody has read so much of a stream, or of one that is gone: the peer may send as much again. */
    void consumed(@Nullable Stream stream, int count) throws IOException, InterruptedException {
        int again = 0;
        synchronized (window) {
            unread += count;
            if (unread >= CONNECTION_WINDOW / 4) {
                again = unread;
                unread = 0;
            }
        }
        if (again > 0) {
            write(Frame.WINDOW_UPDATE, 0, 0, Frame.numbers(again));
        }
        int streamAgain = stream == null ? 0 : stream.again(count);
        if (stream != null && streamAgain > 0) {
            write(Frame.WINDOW_UPDATE, 0, stream.id(), Frame.numbers(streamAgain));
        }
    }

    void write(int type, int flags, int stream, byte[] payload) throws IOException, InterruptedException {
        writer.write(new Frame(type, flags, stream, payload).bytes());
    }

    private void end(IOException reason) {
        synchronized (window) {
            if (ended == null) {
                ended = reason;
            }
            window.notifyAll();
        }
        streams.values().forEach(stream -> stream.broken(reason));
        streams.clear();
        close();
    }

    boolean isClient() {
        return client;
    }

    boolean open() {
        synchronized (window) {
            return ended == null;
        }
    }

    void close() {
        writer.close();
        try {
            transport.close();
        } catch (IOException e) {
            System.getLogger("naru.grpc").log(System.Logger.Level.DEBUG, "cannot close connection", e);
        }
    }
}
