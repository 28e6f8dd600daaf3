package dev.naru.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;

/**
 * A socket on an IPv4 address of the calling thread's network namespace, as a descriptor that can be passed on.
 *
 * @param descriptor the socket
 * @param port the port it has
 */
public record BoundSocket(Descriptor descriptor, int port) implements AutoCloseable {
    private static final int AF_INET = 2;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_FLAGS = 0x80000 | 0x800;
    private static final int ADDRESS = 16;
    private static final int BACKLOG = 64;

    /** A socket for datagrams; port 0 for one that the kernel chooses. */
    public static BoundSocket udp(Inet4Address address, int port) {
        return bind(SOCK_DGRAM, address, port);
    }

    /** A socket that listens; port 0 for one that the kernel chooses. */
    public static BoundSocket tcp(Inet4Address address, int port) {
        BoundSocket socket = bind(SOCK_STREAM, address, port);
        Syscall.LISTEN.call(address.getHostAddress(), socket.descriptor.number(), BACKLOG);
        return socket;
    }

    private static BoundSocket bind(int type, Inet4Address address, int port) {
        String subject = address.getHostAddress() + ":" + port;
        var socket = new Descriptor((int) Syscall.SOCKET.call(subject, AF_INET, type | SOCK_FLAGS, 0));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(ADDRESS, 4);
            name.set(ValueLayout.JAVA_SHORT, 0, (short) AF_INET);
            name.set(ValueLayout.JAVA_BYTE, 2, (byte) (port >>> 8));
            name.set(ValueLayout.JAVA_BYTE, 3, (byte) port);
            MemorySegment.copy(address.getAddress(), 0, name, ValueLayout.JAVA_BYTE, 4, 4);
            Syscall.BIND.call(subject, socket.number(), name.address(), ADDRESS);
            MemorySegment size = arena.allocateFrom(ValueLayout.JAVA_INT, ADDRESS);
            Syscall.GETSOCKNAME.call(subject, socket.number(), name.address(), size.address());
            int high = Byte.toUnsignedInt(name.get(ValueLayout.JAVA_BYTE, 2));
            return new BoundSocket(socket, high << 8 | Byte.toUnsignedInt(name.get(ValueLayout.JAVA_BYTE, 3)));
        } catch (RuntimeException failure) {
            socket.close();
            throw failure;
        }
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
