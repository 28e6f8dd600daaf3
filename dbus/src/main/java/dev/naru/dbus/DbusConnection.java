package dev.naru.dbus;

import static java.util.Objects.requireNonNull;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A connection to a message bus, for calls from any thread. One virtual thread reads what comes. */
public final class DbusConnection implements AutoCloseable {
    /** The bus itself. */
    public static final String BUS = "org.freedesktop.DBus";

    private static final String BUS_PATH = "/org/freedesktop/DBus";
    private static final int LONGEST_LINE = 4096;

    private final SocketChannel channel;
    private final InputStream in;
    private final Duration patience;
    private final Consumer<DbusMessage> signals;
    private final AtomicInteger serials = new AtomicInteger();
    private final Map<Integer, BlockingQueue<DbusMessage>> waiting = new ConcurrentHashMap<>();
    private volatile boolean ended;

    private DbusConnection(SocketChannel channel, Duration patience, Consumer<DbusMessage> signals) {
        this.channel = channel;
        this.in = new BufferedInputStream(Channels.newInputStream(channel));
        this.patience = requireNonNull(patience, "patience");
        this.signals = requireNonNull(signals, "signals");
    }

    /**
     * Connects as the user that this process runs as.
     *
     * @param socket such as {@code /run/dbus/system_bus_socket}
     * @param user its number
     * @param patience the longest that a call takes
     * @param signals told of signals that were asked for, and once of an end of the connection: a message of type 0.
     *     It must not make calls on the thread that tells it.
     */
    public static DbusConnection open(Path socket, long user, Duration patience, Consumer<DbusMessage> signals)
            throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        var connection = new DbusConnection(channel, patience, signals);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            connection.authenticate(user);
            Thread.ofVirtual().name("naru-dbus").start(connection::read);
            connection.call(BUS, BUS_PATH, BUS, "Hello", "");
            return connection;
        } catch (IOException failure) {
            channel.close();
            throw failure;
        }
    }

    /** SASL EXTERNAL: the kernel tells the bus who we are. */
    private void authenticate(long user) throws IOException {
        String name = HexFormat.of().formatHex(Long.toString(user).getBytes(StandardCharsets.US_ASCII));
        send(("\0AUTH EXTERNAL " + name + "\r\n").getBytes(StandardCharsets.US_ASCII));
        String answer = line();
        if (!answer.startsWith("OK ")) {
            throw new IOException("the bus does not let us in: " + answer);
        }
        send("BEGIN\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        while (line.length() < LONGEST_LINE) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("the bus has closed the connection");
            }
            if (next == '\n') {
                return line.toString().strip();
            }
            line.append((char) next);
        }
        throw new IOException("an endless line");
    }

    private synchronized void send(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private void read() {
        try {
            while (true) {
                DbusMessage message = DbusReader.read(in);
                BlockingQueue<DbusMessage> answer = waiting.remove(message.replySerial());
                if (answer != null) {
                    answer.add(message);
                } else if (message.type() == DbusMessage.SIGNAL) {
                    signals.accept(message);
                }
            }
        } catch (IOException closed) {
            ended = true;
            var end = new DbusMessage(0, 0, 0, null, null, null, null, null, null, "", List.of());
            waiting.values().forEach(each -> each.add(end));
            signals.accept(end);
        }
    }

    /**
     * Calls a method and waits for its answer.
     *
     * @param signature the types of the arguments
     * @return the answer's values
     * @throws DbusException when the service refuses
     * @throws IOException when there is no answer
     */
    public List<Object> call(
            String to, String path, String interfaceName, String method, String signature, Object... arguments)
            throws IOException {
        int serial = serials.incrementAndGet();
        var answer = new ArrayBlockingQueue<DbusMessage>(2);
        waiting.put(serial, answer);
        try {
            if (ended) {
                throw new EOFException("the bus has closed the connection");
            }
            send(DbusWriter.message(
                    DbusMessage.call(serial, to, path, interfaceName, method, signature, List.of(arguments))));
            DbusMessage message = answer.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (message == null) {
                throw new IOException(to + " does not answer " + method);
            }
            return switch (message.type()) {
                case DbusMessage.ANSWER -> message.body();
                case DbusMessage.ERROR -> throw new DbusException(String.valueOf(message.error()), message.text(0));
                default -> throw new EOFException("the bus has closed the connection");
            };
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stop);
        } finally {
            waiting.remove(serial);
        }
    }

    /** Asks for signals, by a match rule of the D-Bus specification. */
    public void listen(String rule) throws IOException {
        call(BUS, BUS_PATH, BUS, "AddMatch", "s", rule);
    }

    /** Whether a service is there; asking does not start it. */
    public boolean has(String name) throws IOException {
        return call(BUS, BUS_PATH, BUS, "NameHasOwner", "s", name).getFirst().equals(true);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException gone) {
            // Closing is all that was wanted.
        }
    }
}
