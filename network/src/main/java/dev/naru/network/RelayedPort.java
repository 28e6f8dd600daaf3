package dev.naru.network;

import static java.util.Objects.requireNonNull;

import dev.naru.linux.BoundSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * A port of the host that the relay listens at.
 *
 * @param host the host's address; any of a family for all of them
 * @param both whether it is one socket for all addresses of IPv4 too; then the host's is any of IPv6
 * @param target where its connections and datagrams go
 * @param owner the container
 */
record RelayedPort(
        Protocol protocol, InetAddress host, boolean both, int port, InetSocketAddress target, String owner) {
    private static final InetAddress ANY = InetAddress.ofLiteral("0.0.0.0");
    private static final InetAddress ANY6 = InetAddress.ofLiteral("::");

    RelayedPort {
        requireNonNull(protocol, "protocol");
        requireNonNull(host, "host");
        requireNonNull(target, "target");
        requireNonNull(owner, "owner");
    }

    /** What the relay knows it by: all that it is. */
    String label() {
        return protocol + "/" + (both ? "*" : AddressText.of(host)) + "/" + port + "/"
                + AddressText.of(target.getAddress()) + "/" + target.getPort() + "/" + owner;
    }

    /** One socket for this and its counterpart of the other family, where there may be one. */
    Optional<RelayedPort> joined() {
        return protocol == Protocol.TCP && host.isAnyLocalAddress() ? Optional.of(at(ANY6, true)) : Optional.empty();
    }

    /** What one socket takes the place of: itself, or one of each family. */
    List<RelayedPort> parts() {
        return both ? List.of(at(ANY, false), at(ANY6, false)) : List.of(this);
    }

    private RelayedPort at(InetAddress other, boolean all) {
        return new RelayedPort(protocol, other, all, port, target, owner);
    }

    /** @throws dev.naru.linux.LinuxException when another program has it, or the host has no such address */
    BoundSocket open() {
        if (both) {
            return BoundSocket.tcp(port);
        }
        return protocol == Protocol.UDP ? BoundSocket.udp(host, port) : BoundSocket.tcp(host, port);
    }

    /** Cheaper than what a record has, for maps of thousands. */
    @Override
    public int hashCode() {
        return 31 * port + owner.hashCode() + protocol.number() + host.hashCode();
    }
}
