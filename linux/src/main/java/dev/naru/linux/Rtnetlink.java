package dev.naru.linux;

import java.net.Inet6Address;
import java.util.List;
import java.util.Optional;

/** Links, addresses and routes of one network namespace, over rtnetlink(7). */
public final class Rtnetlink implements AutoCloseable {
    static final int RTM_NEWLINK = 16;
    static final int RTM_DELLINK = 17;
    static final int RTM_GETLINK = 18;
    static final int RTM_SETLINK = 19;
    static final int RTM_NEWADDR = 20;
    static final int RTM_DELADDR = 21;
    static final int RTM_GETADDR = 22;
    static final int RTM_NEWROUTE = 24;
    static final int RTM_GETROUTE = 26;
    static final int IFLA_IFNAME = 3;
    static final int IFINFOMSG = 16;
    private static final int IFADDRMSG = 8;
    private static final int RTMSG = 12;
    private static final int RTM_TYPE = 7;
    private static final int RTN_LOCAL = 2;
    private static final int RTA_DST = 1;
    private static final int AF_INET6 = 10;

    private final NetlinkSocket socket;

    private Rtnetlink(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** Speaks for the calling thread's network namespace, from any thread afterwards. */
    public static Rtnetlink open() {
        return new Rtnetlink(NetlinkSocket.open(NetlinkSocket.ROUTE));
    }

    /**
     * Like {@link #open}, for a platform thread that may wait in the kernel: its exchanges, which may be removals that
     * take long, keep no others waiting.
     */
    public static Rtnetlink openApart() {
        return new Rtnetlink(NetlinkSocket.openApart(NetlinkSocket.ROUTE));
    }

    /** Changes to be made in one exchange. */
    public LinkBatch batch() {
        return new LinkBatch(socket);
    }

    /** The link of this name, if there is one. */
    public Optional<Link> link(String name) {
        try {
            var batch = new NetlinkBatch().message(RTM_GETLINK, 0, "link " + name, m -> LinkBatch.header(m, 0, 0, 0)
                    .attribute(IFLA_IFNAME, name));
            return socket.exchange(batch).stream().map(Link::parse).findFirst();
        } catch (LinuxException failure) {
            if (failure.errno() == Errno.ENODEV) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    /** Whether all of these links carry packets; true for one that is gone. */
    public boolean running(String... names) {
        var batch = new NetlinkBatch();
        for (String name : names) {
            batch.message(RTM_GETLINK, 0, "link " + name, m -> LinkBatch.header(m, 0, 0, 0)
                            .attribute(IFLA_IFNAME, name))
                    .tolerate(Errno.ENODEV);
        }
        return socket.exchange(batch).stream().map(Link::parse).allMatch(Link::running);
    }

    public List<Link> links() {
        var batch = new NetlinkBatch()
                .message(RTM_GETLINK, NetlinkBatch.NLM_F_DUMP, "links", m -> LinkBatch.header(m, 0, 0, 0));
        return socket.exchange(batch).stream().map(Link::parse).toList();
    }

    /** The addresses of all links, IPv4 and IPv6. */
    public List<LinkAddress> addresses() {
        var batch = new NetlinkBatch()
                .message(RTM_GETADDR, NetlinkBatch.NLM_F_DUMP, "addresses", m -> m.bytes(new byte[IFADDRMSG]));
        return socket.exchange(batch).stream().map(LinkAddress::parse).toList();
    }

    /** The routes of every table except those to the host's own addresses. */
    public List<Route> routes() {
        var batch = new NetlinkBatch()
                .message(RTM_GETROUTE, NetlinkBatch.NLM_F_DUMP, "routes", m -> m.bytes(new byte[RTMSG]));
        return socket.exchange(batch).stream()
                .map(Route::parse)
                .filter(route -> route.table() != Route.LOCAL_TABLE)
                .toList();
    }

    /** Whether what is sent to an IPv6 address is taken here, by a link that has it. */
    public boolean takes(Inet6Address address) {
        byte[] octets = address.getAddress();
        var batch = new NetlinkBatch()
                .message(RTM_GETROUTE, 0, "route to " + address.getHostAddress(), m -> m.u8(AF_INET6)
                        .u8(octets.length * Byte.SIZE)
                        .bytes(new byte[RTMSG - 2])
                        .attribute(RTA_DST, octets))
                .tolerate(Errno.ENETUNREACH);
        return socket.exchange(batch).stream().anyMatch(route -> route.uint8(RTM_TYPE) == RTN_LOCAL);
    }

    @Override
    public void close() {
        socket.close();
    }
}
