package dev.naru.linux;

import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.util.function.UnaryOperator;

/**
 * A socket on an address of the calling thread's network namespace, as a descriptor that can be passed on. One on IPv6
 * addresses has nothing of IPv4, unless it says so.
 *
 * @param descriptor the socket
 * @param port the port it has
 */
public record BoundSocket(Descriptor descriptor, int port) implements AutoCloseable {
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int IPPROTO_SCTP = 132;

    /** A socket for datagrams; port 0 for one that the kernel chooses. */
    public static BoundSocket udp(InetAddress address, int port) {
        return open(call -> call.bind(SOCK_DGRAM, 0, address, port));
    }

    /** A socket that listens; port 0 for one that the kernel chooses. */
    public static BoundSocket tcp(InetAddress address, int port) {
        return open(call -> call.again().bind(SOCK_STREAM, 0, address, port).listen());
    }

    /** A socket that listens at all addresses of both families. */
    public static BoundSocket tcp(int port) {
        return open(call ->
                call.again().both().bind(SOCK_STREAM, 0, BindCall.ANY, port).listen());
    }

    /** A socket that keeps a port of TCP from other programs, and at which nobody waits. */
    public static BoundSocket keptTcp(InetAddress address, int port) {
        return open(call -> call.bind(SOCK_STREAM, 0, address, port));
    }

    /** A socket that keeps a port of UDP from other programs, and holds nearly nothing that comes to it. */
    public static BoundSocket keptUdp(InetAddress address, int port) {
        return open(call -> call.bind(SOCK_DGRAM, 0, address, port).holdNothing());
    }

    /**
     * A socket that keeps a port of SCTP from other programs.
     *
     * @throws LinuxException EPROTONOSUPPORT where the kernel has no SCTP
     */
    public static BoundSocket keptSctp(InetAddress address, int port) {
        return open(call -> call.bind(SOCK_STREAM, IPPROTO_SCTP, address, port));
    }

    private static BoundSocket open(UnaryOperator<BindCall> how) {
        try (Arena arena = Arena.ofConfined()) {
            return how.apply(new BindCall(arena)).socket();
        }
    }

    @Override
    public void close() {
        descriptor.close();
    }
}
