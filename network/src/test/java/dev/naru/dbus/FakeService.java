package dev.naru.dbus;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A service on a bus, which answers calls one after the other. */
public abstract class FakeService implements AutoCloseable {
    private final SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    private final InputStream in;
    private int serial;

    /** Takes a name on the bus; as a test's user, root. */
    protected FakeService(Path bus, String name) throws IOException {
        channel.connect(UnixDomainSocketAddress.of(bus));
        in = new BufferedInputStream(Channels.newInputStream(channel));
        send("\0AUTH EXTERNAL 30\r\n".getBytes(StandardCharsets.US_ASCII));
        while (in.read() != '\n') {
            // The line's text does not matter: what comes next fails if it was a refusal.
        }
        send("BEGIN\r\n".getBytes(StandardCharsets.US_ASCII));
        ask("Hello", "");
        ask("RequestName", "su", name, 4);
    }

    /** Begins to answer; at the end of a constructor, when everything is there. */
    protected final void begin() {
        Thread.ofVirtual().start(this::serve);
    }

    private void ask(String method, String signature, Object... arguments) throws IOException {
        int call = ++serial;
        send(DbusWriter.message(DbusMessage.call(
                call,
                DbusConnection.BUS,
                "/org/freedesktop/DBus",
                DbusConnection.BUS,
                method,
                signature,
                List.of(arguments))));
        while (DbusReader.read(in).replySerial() != call) {
            // Signals of the bus come between.
        }
    }

    /** An answer: a value with its type; null for none. */
    protected abstract @Nullable Variant answer(String method, List<Object> arguments);

    private void serve() {
        try {
            while (true) {
                DbusMessage message = DbusReader.read(in);
                if (message.type() == DbusMessage.CALL) {
                    Variant value = answer(String.valueOf(message.member()), message.body());
                    reply(message, value);
                }
            }
        } catch (IOException closed) {
            return;
        }
    }

    private void reply(DbusMessage to, @Nullable Variant value) throws IOException {
        send(DbusWriter.message(new DbusMessage(
                DbusMessage.ANSWER,
                ++serial,
                to.serial(),
                null,
                null,
                null,
                null,
                to.sender(),
                null,
                value == null ? "" : value.signature(),
                value == null ? List.of() : List.of(value.value()))));
    }

    protected void signal(String path, String interfaceName, String name) throws IOException {
        send(DbusWriter.message(new DbusMessage(
                DbusMessage.SIGNAL, ++serial, 0, path, interfaceName, name, null, null, null, "", List.of())));
    }

    private synchronized void send(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
