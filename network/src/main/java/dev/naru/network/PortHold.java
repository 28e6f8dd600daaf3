package dev.naru.network;

import dev.naru.linux.BoundSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** What keeps a host port from other programs. */
sealed interface PortHold {
    /** A socket of this process, for a port that somebody else serves. */
    record Kept(BoundSocket socket) implements PortHold {}

    /** The relay's socket: the firewall takes traffic before it, and what it cannot take is relayed. */
    record Relayed(RelayedPort port) implements PortHold {}

    /** Nothing does: another program has it. */
    record Nothing() implements PortHold {}

    /** Keeps a port in this process. */
    static PortHold keep(Protocol protocol, InetAddress host, int port) {
        return switch (protocol) {
            case TCP -> new Kept(BoundSocket.keptTcp(host, port));
            case UDP -> new Kept(BoundSocket.keptUdp(host, port));
            case SCTP -> new Kept(BoundSocket.keptSctp(host, port));
        };
    }

    static boolean hostHasIpv6() {
        return Files.exists(Path.of("/proc/net/if_inet6"));
    }

    /** Whether one host address takes a port that the other has. */
    static boolean collide(String one, String other) {
        InetAddress a = Subnet.literal(one);
        InetAddress b = Subnet.literal(other);
        return a.getAddress().length == b.getAddress().length
                && (a.isAnyLocalAddress() || b.isAnyLocalAddress() || a.equals(b));
    }
}
