package dev.naru.runtime;

import dev.naru.linux.Descriptor;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A connection to a monitor or to the zygote: messages of length, type, tag and fields ({@code monitor/plan.h}). */
final class MonitorSocket implements AutoCloseable {
    static final int LAUNCH = 1;
    static final int CONTROL = 2;
    static final int ATTACH = 3;
    static final int START = 4;
    static final int SIGNAL = 5;
    static final int RESIZE = 6;
    static final int CLOSE_STDIN = 7;
    static final int REOPEN_LOG = 8;
    static final int STATUS = 9;
    static final int EXEC = 10;
    static final int FIND = 11;
    static final int REPLACE_LOG = 12;
    static final int DONE = 64;
    static final int FAILED = 65;
    static final int EXITED = 66;

    private static final int HEADER = 16;
    private static final int MAX_ANSWER = 4096;
    /** One less than the kernel's sun_path. */
    private static final int MAX_NAME = 107;

    private final SocketChannel channel;

    private MonitorSocket(SocketChannel channel) {
        this.channel = channel;
    }

    /** Connects to a listening socket in a directory, whatever the length of its path. */
    static MonitorSocket connect(Path directory, String name) throws IOException {
        Path path = directory.resolve(name);
        if (path.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_NAME) {
            return connect(path);
        }
        try (Descriptor open = Descriptor.open(directory.toString(), Descriptor.O_PATH | Descriptor.O_DIRECTORY, 0)) {
            return connect(Path.of(open.path(), name));
        }
    }

    private static MonitorSocket connect(Path path) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(path));
            return new MonitorSocket(channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    SocketChannel channel() {
        return channel;
    }

    /** Sends one message; not for several threads at once. */
    void send(int type, long tag, byte[] fields) throws IOException {
        ByteBuffer message = ByteBuffer.allocate(HEADER + fields.length).order(ByteOrder.LITTLE_ENDIAN);
        message.putInt(fields.length).putInt(type).putLong(tag).put(fields).flip();
        while (message.hasRemaining()) {
            channel.write(message);
        }
    }

    /** Receives one message; not for several threads at once. */
    Answer receive() throws IOException {
        ByteBuffer header = read(HEADER);
        int length = header.getInt();
        int type = header.getInt();
        long tag = header.getLong();
        if (length < 0 || length > MAX_ANSWER) {
            throw new IOException("the monitor sent a message of " + length + " bytes");
        }
        return new Answer(type, tag, new PlanFields(read(length)));
    }

    private ByteBuffer read(int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("the monitor has ended");
            }
        }
        return buffer.flip();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // The descriptor is gone all the same.
        }
    }

    /** A message from the monitor. */
    record Answer(int type, long tag, PlanFields fields) {}
}
