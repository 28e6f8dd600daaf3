package dev.naru.network;

import dev.naru.linux.BoundSocket;
import dev.naru.linux.LinuxException;
import dev.naru.linux.NetworkNamespace;
import dev.naru.linux.NftRule;
import dev.naru.linux.NftTransaction.Hook;
import dev.naru.linux.Nftables;
import java.net.Inet4Address;
import org.jspecify.annotations.Nullable;

/**
 * The sockets that a container's queries arrive at, and the rule in its namespace that sends port 53 there.
 *
 * @param maker the socket that made the rule; null without a rule
 */
record ResolverSockets(
        BoundSocket udp, BoundSocket tcp, @Nullable Nftables maker) implements AutoCloseable {
    static final String ADDRESS = "127.0.0.11";

    private static final System.Logger LOG = System.getLogger("naru.network");
    private static final String TABLE = "naru-names";
    private static final int PORT = 53;
    private static final int UDP = 17;
    private static final int TCP = 6;

    /**
     * Makes them in a namespace; what was made there before is void then.
     *
     * @throws LinuxException when a socket can't be made
     */
    static ResolverSockets open(NetworkNamespace namespace) {
        return namespace.call(ResolverSockets::open);
    }

    /** Makes them in the calling thread's namespace. */
    static ResolverSockets open() {
        ResolverSockets sockets = bind(0);
        try {
            return new ResolverSockets(sockets.udp, sockets.tcp, sockets.redirect());
        } catch (LinuxException without) {
            // A kernel without this kind of translation: the container can't have a server on that port itself.
            LOG.log(System.Logger.Level.DEBUG, "names are answered at port 53 itself: {0}", without.getMessage());
            sockets.close();
            return bind(PORT);
        }
    }

    private static ResolverSockets bind(int port) {
        Inet4Address address = (Inet4Address) Subnet.literal(ADDRESS);
        BoundSocket udp = BoundSocket.udp(address, port);
        try {
            return new ResolverSockets(udp, BoundSocket.tcp(address, port), null);
        } catch (LinuxException failure) {
            udp.close();
            throw failure;
        }
    }

    private Nftables redirect() {
        byte[] address = Subnet.literal(ADDRESS).getAddress();
        Nftables nftables = Nftables.open();
        try {
            nftables.transaction(TABLE)
                    .table()
                    .deleteTable()
                    .table()
                    .chain("output", Hook.NAT_OUTPUT)
                    .rule(
                            "output",
                            new NftRule().destination(address, 32).to(UDP, PORT).translatePort(udp.port()))
                    .rule(
                            "output",
                            new NftRule().destination(address, 32).to(TCP, PORT).translatePort(tcp.port()))
                    .commit();
            return nftables;
        } catch (LinuxException failure) {
            nftables.close();
            throw failure;
        }
    }

    /**
     * After a change the kernel holds whoever closes the socket that made it until its processors have passed a barrier,
     * up to a tenth of a second, and with it whoever makes an interface in the namespace (net/netfilter/nf_tables_api.c,
     * nft_rcv_nl_event). So it is closed last, by a thread of its own.
     */
    @Override
    public void close() {
        udp.close();
        tcp.close();
        if (maker != null) {
            Nftables last = maker;
            // Made by another thread too: that takes a tenth of a millisecond, and a client waits.
            Thread.startVirtualThread(
                    () -> Thread.ofPlatform().daemon().name("naru-nftables-end").start(last::close));
        }
    }
}
