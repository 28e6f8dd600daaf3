package dev.naru.network;

import dev.naru.network.Attachment.PublishedPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A socket that keeps a host port. The firewall takes traffic before it; what it cannot take is relayed. */
final class PortHold implements AutoCloseable {
    /** For a port that another hold keeps, or that no socket can keep. */
    static final PortHold NOTHING = new PortHold(null, false);

    private final @Nullable Channel channel;
    private final boolean bothFamilies;

    private PortHold(@Nullable Channel channel, boolean bothFamilies) {
        this.channel = channel;
        this.bothFamilies = bothFamilies;
    }

    /**
     * Takes a port.
     *
     * @throws IOException when another program has it, or the host has no such address
     */
    static PortHold open(Protocol protocol, PublishedPort port, EndpointAddresses to) throws IOException {
        InetAddress host = Subnet.literal(port.hostAddress());
        boolean ipv6 = host.getAddress().length == 16;
        ProtocolFamily family = ipv6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
        var address = new InetSocketAddress(host, port.hostPort());
        Channel channel =
                switch (protocol) {
                    case TCP -> tcp(family, address, port, to);
                    case UDP -> udp(family, address);
                    // Java has no SCTP sockets without the native library; the table still refuses duplicates.
                    case SCTP -> null;
                };
        return new PortHold(channel, ipv6 && host.isAnyLocalAddress() && channel != null);
    }

    private static Channel tcp(
            ProtocolFamily family, InetSocketAddress address, PublishedPort port, EndpointAddresses to)
            throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(family);
        try {
            server.bind(address);
        } catch (IOException taken) {
            server.close();
            throw taken;
        }
        PortRelay.start(server, to.address().isEmpty() ? to.address6() : to.address(), port.containerPort());
        return server;
    }

    private static Channel udp(ProtocolFamily family, InetSocketAddress address) throws IOException {
        DatagramChannel channel = DatagramChannel.open(family);
        try {
            return channel.setOption(StandardSocketOptions.SO_RCVBUF, 1).bind(address);
        } catch (IOException taken) {
            channel.close();
            throw taken;
        }
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

    boolean bothFamilies() {
        return bothFamilies;
    }

    @Override
    public void close() {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException gone) {
                // Closing is all that was wanted.
            }
        }
    }
}
