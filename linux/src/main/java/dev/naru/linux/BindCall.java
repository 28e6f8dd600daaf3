package dev.naru.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;

/** Makes one socket, in little memory and without texts unless it fails: a container may have a thousand. */
final class BindCall {
    static final InetAddress ANY = InetAddress.ofLiteral("::");

    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOCK_FLAGS = 0x80000 | 0x800;
    private static final int SOL_SOCKET = 1;
    private static final int SO_REUSEADDR = 2;
    private static final int SO_RCVBUF = 8;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_V6ONLY = 26;
    private static final int LONGEST_ADDRESS = 28;
    private static final int ADDRESS = 16;
    /** As many as the kernel lets wait (net.core.somaxconn). */
    private static final int BACKLOG = 4096;

    private final MemorySegment capture;
    private final MemorySegment name;
    private final MemorySegment number;
    private InetAddress address = ANY;
    private int port;
    private int descriptor = -1;
    private boolean again;
    private boolean both;

    BindCall(Arena arena) {
        capture = Syscall.capture(arena);
        name = arena.allocate(LONGEST_ADDRESS, 4);
        number = arena.allocate(4, 4);
    }

    /** At a port whose last connections are not yet forgotten. */
    BindCall again() {
        again = true;
        return this;
    }

    /** Has IPv4 too where it is at all addresses of IPv6. */
    BindCall both() {
        both = true;
        return this;
    }

    /** @param at 0 for a port that the kernel chooses */
    BindCall bind(int type, int protocol, InetAddress where, int at) {
        address = where;
        port = at;
        byte[] bytes = where.getAddress();
        boolean ipv6 = bytes.length > 4;
        descriptor = (int) checked(Syscall.SOCKET, ipv6 ? AF_INET6 : AF_INET, type | SOCK_FLAGS, protocol);
        if (again) {
            set(SOL_SOCKET, SO_REUSEADDR, 1);
        }
        if (ipv6) {
            set(IPPROTO_IPV6, IPV6_V6ONLY, both ? 0 : 1);
        }
        name.set(ValueLayout.JAVA_SHORT, 0, (short) (ipv6 ? AF_INET6 : AF_INET));
        name.set(ValueLayout.JAVA_BYTE, 2, (byte) (at >>> 8));
        name.set(ValueLayout.JAVA_BYTE, 3, (byte) at);
        MemorySegment.copy(bytes, 0, name, ValueLayout.JAVA_BYTE, ipv6 ? 8 : 4, bytes.length);
        checked(Syscall.BIND, descriptor, name.address(), ipv6 ? LONGEST_ADDRESS : ADDRESS);
        if (at == 0) {
            number.set(ValueLayout.JAVA_INT, 0, LONGEST_ADDRESS);
            checked(Syscall.GETSOCKNAME, descriptor, name.address(), number.address());
            int high = Byte.toUnsignedInt(name.get(ValueLayout.JAVA_BYTE, 2));
            port = high << 8 | Byte.toUnsignedInt(name.get(ValueLayout.JAVA_BYTE, 3));
        }
        return this;
    }

    BindCall listen() {
        checked(Syscall.LISTEN, descriptor, BACKLOG, 0);
        return this;
    }

    BindCall holdNothing() {
        set(SOL_SOCKET, SO_RCVBUF, 1);
        return this;
    }

    BoundSocket socket() {
        return new BoundSocket(new Descriptor(descriptor), port);
    }

    private void set(int level, int option, int value) {
        number.set(ValueLayout.JAVA_INT, 0, value);
        checked(Syscall.SETSOCKOPT, descriptor, level, option, number.address(), 4);
    }

    private long checked(Syscall call, long a, long b, long c) {
        return checked(call, a, b, c, 0, 0);
    }

    private long checked(Syscall call, long a, long b, long c, long d, long e) {
        long result = call.raw(capture, a, b, c, d, e, 0);
        if (result < 0) {
            if (descriptor >= 0) {
                Syscall.CLOSE.raw(capture, descriptor, 0, 0, 0, 0, 0);
            }
            throw new LinuxException(call.callName(), address.getHostAddress() + ":" + port, (int) -result);
        }
        return result;
    }
}
