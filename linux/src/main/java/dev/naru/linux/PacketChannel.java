package dev.naru.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A connection that keeps messages apart and passes descriptors: unix(7), SOCK_SEQPACKET, which Java's channels lack. */
public final class PacketChannel implements AutoCloseable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_SEQPACKET_CLOEXEC = 5 | 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int SO_SNDTIMEO = 21;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int SHUT_RDWR = 2;
    private static final int SUN_PATH = 108;
    private static final int CONTROL_HEADER = 16;
    private static final int SEND_SECONDS = 2;
    private static final int LONGEST = 65536;

    private final Descriptor socket;

    private PacketChannel(Descriptor socket) {
        this.socket = socket;
    }

    /**
     * Connects to a listening socket in a directory, whatever the length of its path.
     *
     * @throws LinuxException ENOENT or ECONNREFUSED when nobody listens
     */
    public static PacketChannel connect(Path directory, String name) {
        var socket = new Descriptor((int) Syscall.SOCKET.call(name, AF_UNIX, SOCK_SEQPACKET_CLOEXEC, 0));
        try (Arena arena = Arena.ofConfined();
                Descriptor open =
                        Descriptor.open(directory.toString(), Descriptor.O_PATH | Descriptor.O_DIRECTORY, 0)) {
            MemorySegment wait = arena.allocateFrom(ValueLayout.JAVA_LONG, SEND_SECONDS, 0);
            Syscall.SETSOCKOPT.call(name, socket.number(), SOL_SOCKET, SO_SNDTIMEO, wait.address(), 16);
            byte[] path = (open.path() + "/" + name).getBytes(StandardCharsets.UTF_8);
            MemorySegment address = arena.allocate(2 + SUN_PATH);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(path, 0, address, ValueLayout.JAVA_BYTE, 2, Math.min(path.length, SUN_PATH - 1));
            Syscall.CONNECT.call(name, socket.number(), address.address(), address.byteSize());
            return new PacketChannel(socket);
        } catch (RuntimeException failure) {
            socket.close();
            throw failure;
        }
    }

    /**
     * Sends one message; the receiver gets descriptors of its own.
     *
     * @throws IOException when the other side has ended or does not read for two seconds
     */
    public void send(byte[] message, List<Descriptor> descriptors) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment part = arena.allocate(16, 8);
            part.set(ValueLayout.JAVA_LONG, 0, bytes(arena, message).address());
            part.set(ValueLayout.JAVA_LONG, 8, message.length);
            MemorySegment header = arena.allocate(56, 8);
            header.set(ValueLayout.JAVA_LONG, 16, part.address());
            header.set(ValueLayout.JAVA_LONG, 24, 1);
            if (!descriptors.isEmpty()) {
                MemorySegment control = rights(arena, descriptors);
                header.set(ValueLayout.JAVA_LONG, 32, control.address());
                header.set(ValueLayout.JAVA_LONG, 40, control.byteSize());
            }
            checked(Syscall.SENDMSG, socket.number(), header.address(), MSG_NOSIGNAL, 0);
        }
    }

    private static MemorySegment rights(Arena arena, List<Descriptor> descriptors) {
        int length = CONTROL_HEADER + 4 * descriptors.size();
        MemorySegment control = arena.allocate((length + 7) & ~7, 8);
        control.set(ValueLayout.JAVA_LONG, 0, length);
        control.set(ValueLayout.JAVA_INT, 8, SOL_SOCKET);
        control.set(ValueLayout.JAVA_INT, 12, SCM_RIGHTS);
        for (int i = 0; i < descriptors.size(); i++) {
            control.set(
                    ValueLayout.JAVA_INT,
                    CONTROL_HEADER + 4L * i,
                    descriptors.get(i).number());
        }
        return control;
    }

    /** Waits for a message, on no virtual thread; none of its bytes when the other side has ended. */
    public byte[] receive() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(LONGEST);
            long length = checked(Syscall.RECVFROM, socket.number(), buffer.address(), LONGEST, 0);
            return buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private static MemorySegment bytes(Arena arena, byte[] message) {
        return arena.allocateFrom(ValueLayout.JAVA_BYTE, message);
    }

    private static long checked(Syscall call, long a, long b, long c, long d) throws IOException {
        long result;
        do {
            result = call.raw(a, b, c, d, 0, 0);
        } while (result == -Errno.EINTR);
        if (result < 0) {
            throw new IOException(call.callName() + ": " + Errno.message((int) -result));
        }
        return result;
    }

    /** Ends the connection for whoever waits in {@link #receive}, who closes it then. */
    public void shutdown() {
        Syscall.SHUTDOWN.raw(socket.number(), SHUT_RDWR, 0);
    }

    @Override
    public void close() {
        socket.close();
    }
}
