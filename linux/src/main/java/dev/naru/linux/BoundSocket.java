package dev.naru.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;

/**
 * A socket on an address of the calling thread's network namespace, as a descriptor that can be passed on. One on IPv6
 * addresses has nothing of IPv4.
 *
 * @param descriptor the socket
 * @param port the port it has
 */
public record BoundSocket(Descriptor descriptor, int port) implements AutoCloseable {
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_FLAGS = 0x80000 | 0x800;
    private static final int SOL_SOCKET = 1;
    private static final int SO_REUSEADDR = 2;
    private static final int SO_RCVBUF = 8;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPPROTO_SCTP = 132;
    private static final int IPV6_V6ONLY = 26;
    private static final int LONGEST_ADDRESS = 28;
    private static final int ADDRESS = 16;
    /** As many as the kernel lets wait (net.core.somaxconn). */
    private static final int BACKLOG = 4096;

    /** A socket for datagrams; port 0 for one that the kernel chooses. */
    public static BoundSocket udp(InetAddress address, int port) {
        return bind(SOCK_DGRAM, 0, address, port, false);
    }

    /** A socket that listens; port 0 for one that the kernel chooses. */
    public static BoundSocket tcp(InetAddress address, int port) {
        BoundSocket socket = bind(SOCK_STREAM, 0, address, port, true);
        try {
            Syscall.LISTEN.call(subject(address, port), socket.descriptor.number(), BACKLOG);
            return socket;
        } catch (LinuxException taken) {
            socket.close();
            throw taken;
        }
    }

    /** A socket that keeps a port of TCP from other programs, and at which nobody waits. */
    public static BoundSocket keptTcp(InetAddress address, int port) {
        return bind(SOCK_STREAM, 0, address, port, false);
    }

    /** A socket that keeps a port of UDP from other programs, and holds nearly nothing that comes to it. */
    public static BoundSocket keptUdp(InetAddress address, int port) {
        BoundSocket socket = bind(SOCK_DGRAM, 0, address, port, false);
        try (Arena arena = Arena.ofConfined()) {
            socket.set(arena, SOL_SOCKET, SO_RCVBUF, 1);
        }
        return socket;
    }

    /**
     * A socket that keeps a port of SCTP from other programs.
     *
     * @throws LinuxException EPROTONOSUPPORT where the kernel has no SCTP
     */
    public static BoundSocket keptSctp(InetAddress address, int port) {
        return bind(SOCK_STREAM, IPPROTO_SCTP, address, port, false);
    }

    private static String subject(InetAddress address, int port) {
        return address.getHostAddress() + ":" + port;
    }

    private static BoundSocket bind(int type, int protocol, InetAddress address, int port, boolean again) {
        String subject = subject(address, port);
        byte[] bytes = address.getAddress();
        boolean ipv6 = bytes.length > 4;
        var socket = new Descriptor(
                (int) Syscall.SOCKET.call(subject, ipv6 ? AF_INET6 : AF_INET, type | SOCK_FLAGS, protocol));
        try (Arena arena = Arena.ofConfined()) {
            var made = new BoundSocket(socket, port);
            if (again) {
                made.set(arena, SOL_SOCKET, SO_REUSEADDR, 1);
            }
            if (ipv6) {
                made.set(arena, IPPROTO_IPV6, IPV6_V6ONLY, 1);
            }
            MemorySegment name = arena.allocate(LONGEST_ADDRESS, 4);
            name.set(ValueLayout.JAVA_SHORT, 0, (short) (ipv6 ? AF_INET6 : AF_INET));
            name.set(ValueLayout.JAVA_BYTE, 2, (byte) (port >>> 8));
            name.set(ValueLayout.JAVA_BYTE, 3, (byte) port);
            MemorySegment.copy(bytes, 0, name, ValueLayout.JAVA_BYTE, ipv6 ? 8 : 4, bytes.length);
            Syscall.BIND.call(subject, socket.number(), name.address(), ipv6 ? LONGEST_ADDRESS : ADDRESS);
            if (port != 0) {
                return made;
            }
            MemorySegment size = arena.allocateFrom(ValueLayout.JAVA_INT, LONGEST_ADDRESS);
            Syscall.GETSOCKNAME.call(subject, socket.number(), name.address(), size.address());
            int high = Byte.toUnsignedInt(name.get(ValueLayout.JAVA_BYTE, 2));
            return new BoundSocket(socket, high << 8 | Byte.toUnsignedInt(name.get(ValueLayout.JAVA_BYTE, 3)));
        } catch (RuntimeException failure) {
            socket.close();
            throw failure;
        }
    }

    private void set(Arena arena, int level, int option, int value) {
        MemorySegment set = arena.allocateFrom(ValueLayout.JAVA_INT, value);
        Syscall.SETSOCKOPT.call("socket", descriptor.number(), level, option, set.address(), 4);
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
