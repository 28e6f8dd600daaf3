package dev.naru.network;

import static java.util.Objects.requireNonNull;

import dev.naru.linux.BoundSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * A port of the host that the relay listens at.
 *
 * @param host the host's address; any of a family for all of them
 * @param target where its connections and datagrams go
 * @param owner the container
 */
record RelayedPort(Protocol protocol, InetAddress host, int port, InetSocketAddress target, String owner) {
    RelayedPort {
        requireNonNull(protocol, "protocol");
        requireNonNull(host, "host");
        requireNonNull(target, "target");
        requireNonNull(owner, "owner");
    }

    /** What the relay knows it by: all that it is. */
    String label() {
        return protocol + "/" + AddressText.of(host) + "/" + port + "/" + AddressText.of(target.getAddress()) + "/"
                + target.getPort() + "/" + owner;
    }

    /** @throws dev.naru.linux.LinuxException when another program has it, or the host has no such address */
    BoundSocket open() {
        return protocol == Protocol.UDP ? BoundSocket.udp(host, port) : BoundSocket.tcp(host, port);
    }
}
