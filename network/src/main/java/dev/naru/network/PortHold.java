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
import java.nio.channels.SocketChannel;
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
     * Takes a port. One that is relayed is served after {@link RelayedPorts#begin}, and free again after
     * {@link RelayedPorts#settle}.
     *
     * @throws IOException when another program has it, or the host has no such address
     */
    static PortHold open(Protocol protocol, PublishedPort port, EndpointAddresses to, RelayedPorts relays)
            throws IOException {
        InetAddress host = Subnet.literal(port.hostAddress());
        boolean ipv6 = host.getAddress().length == 16;
        ProtocolFamily family = ipv6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
        var address = new InetSocketAddress(host, port.hostPort());
        boolean both = ipv6 && host.isAnyLocalAddress();
        return switch (protocol) {
            case TCP -> {
                String target = to.address().isEmpty() ? to.address6() : to.address();
                if (target.isEmpty()) {
                    // Somebody else leads connections to the container: nobody is to wait for ours.
                    yield new PortHold(kept(SocketChannel.open(family), address), both);
                }
                var server = tcp(family, address);
                var hold = new PortHold(server, both);
                try {
                    relays.add(server, new InetSocketAddress(Subnet.literal(target), port.containerPort()));
                    yield hold;
                } catch (IOException failure) {
                    hold.close();
                    throw failure;
                }
            }
            case UDP -> new PortHold(udp(family, address), both);
            // Java has no SCTP sockets without the native library; the table still refuses duplicates.
            case SCTP -> NOTHING;
        };
    }

    private static ServerSocketChannel tcp(ProtocolFamily family, InetSocketAddress address) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(family);
        try {
            return server.bind(address);
        } catch (IOException taken) {
            server.close();
            throw taken;
        }
    }

    private static Channel kept(SocketChannel channel, InetSocketAddress address) throws IOException {
        try {
            return channel.bind(address);
        } catch (IOException taken) {
            channel.close();
            throw taken;
        }
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
