package dev.naru.linux;

import java.net.InetAddress;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Changes to links, addresses and routes, sent in one exchange by {@link #commit()}. The kernel makes them in order and
 * goes on after one that failed; the first failure is thrown.
 */
public final class LinkBatch {
    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_MASTER = 10;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_IFALIAS = 20;
    private static final int IFLA_GROUP = 27;
    private static final int IFLA_NET_NS_FD = 28;
    private static final int IFLA_NUM_TX_QUEUES = 31;
    private static final int IFLA_NUM_RX_QUEUES = 32;
    private static final int IFLA_INFO_KIND = 1;
    private static final int IFLA_INFO_DATA = 2;
    private static final int IFLA_INFO_SLAVE_KIND = 4;
    private static final int IFLA_INFO_SLAVE_DATA = 5;
    private static final int IFLA_BRPORT_STATE = 1;
    private static final int IFLA_BRPORT_MODE = 4;
    private static final int IFLA_BRPORT_FLUSH = 24;
    private static final int IFLA_BRPORT_ISOLATED = 33;
    private static final int VETH_INFO_PEER = 1;
    private static final int IFF_UP = 1;
    private static final int IFF_NOARP = 0x80;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_BROADCAST = 4;
    private static final int IFA_F_NODAD = 2;
    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int AF_BRIDGE = 7;
    private static final int IFLA_PROTINFO = 12;
    private static final int RT_TABLE_MAIN = 254;
    private static final int RT_SCOPE_LINK = 253;
    private static final int RTPROT_BOOT = 3;
    private static final int RTN_UNICAST = 1;
    private static final int CREATE = NetlinkBatch.NLM_F_ACK | NetlinkBatch.NLM_F_CREATE | NetlinkBatch.NLM_F_EXCL;

    private final NetlinkSocket socket;
    private final NetlinkBatch batch = new NetlinkBatch();

    LinkBatch(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** A bridge, up. Its own hardware address keeps it from changing with its ports'. */
    public LinkBatch bridge(String name, int mtu, String macAddress) {
        batch.message(Rtnetlink.RTM_NEWLINK, CREATE, "create bridge " + name, m -> header(m, 0, IFF_UP, IFF_UP)
                .attribute(Rtnetlink.IFLA_IFNAME, name)
                .attribute(IFLA_ADDRESS, mac(macAddress))
                .attribute32(IFLA_MTU, mtu)
                .nested(IFLA_LINKINFO, info -> info.attribute(IFLA_INFO_KIND, "bridge")));
        return this;
    }

    /**
     * A pair of connected interfaces: one here, up and a port of the bridge, the other in another namespace, down.
     *
     * @param master the bridge's index; 0 for none
     * @param group a number by which interfaces are found and removed together
     * @param peerNamespace an open namespace
     * @param peerMac the other end's hardware address; empty to let the kernel choose
     */
    public LinkBatch veth(
            String name, int master, int group, int mtu, String peer, String peerMac, Descriptor peerNamespace) {
        batch.message(Rtnetlink.RTM_NEWLINK, CREATE, "create interface " + name + " with peer " + peer, m -> {
            oneQueue(header(m, 0, IFF_UP, IFF_UP).attribute(Rtnetlink.IFLA_IFNAME, name))
                    .attribute32(IFLA_MTU, mtu)
                    .attribute32(IFLA_GROUP, group)
                    .nested(IFLA_LINKINFO, info -> info.attribute(IFLA_INFO_KIND, "veth")
                            .nested(
                                    IFLA_INFO_DATA,
                                    data -> data.nested(
                                            VETH_INFO_PEER, p -> peer(p, mtu, peer, peerMac, peerNamespace))));
            if (master != 0) {
                m.attribute32(IFLA_MASTER, master);
            }
        });
        return this;
    }

    private static void peer(NetlinkBatch m, int mtu, String name, String macAddress, Descriptor namespace) {
        // It cannot be up yet: the kernel joins the two only after it made both (drivers/net/veth.c, veth_open).
        oneQueue(header(m, 0, 0, 0).attribute(Rtnetlink.IFLA_IFNAME, name))
                .attribute32(IFLA_MTU, mtu)
                .attribute32(IFLA_NET_NS_FD, namespace.number());
        if (!macAddress.isEmpty()) {
            m.attribute(IFLA_ADDRESS, mac(macAddress));
        }
    }

    /**
     * A pair uses one queue a direction in any case. Not told so, the kernel makes one for each processor, takes the
     * others away again, and waits for two grace periods to do that (drivers/net/veth.c, veth_init_queues).
     */
    private static NetlinkBatch oneQueue(NetlinkBatch m) {
        return m.attribute32(IFLA_NUM_TX_QUEUES, 1).attribute32(IFLA_NUM_RX_QUEUES, 1);
    }

    /** A pair of connected interfaces here, up, that ask nobody for hardware addresses because both have the same. */
    public LinkBatch loop(String name, String peer, String macAddress, int mtu) {
        batch.message(Rtnetlink.RTM_NEWLINK, CREATE, "create interface " + name + " with peer " + peer, m -> oneQueue(
                                header(m, 0, IFF_NOARP, IFF_NOARP).attribute(Rtnetlink.IFLA_IFNAME, name))
                        .attribute(IFLA_ADDRESS, mac(macAddress))
                        .attribute32(IFLA_MTU, mtu)
                        .nested(IFLA_LINKINFO, info -> info.attribute(IFLA_INFO_KIND, "veth")
                                .nested(
                                        IFLA_INFO_DATA,
                                        data -> data.nested(
                                                VETH_INFO_PEER, p -> oneQueue(header(p, 0, IFF_NOARP, IFF_NOARP)
                                                                .attribute(Rtnetlink.IFLA_IFNAME, peer))
                                                        .attribute(IFLA_ADDRESS, mac(macAddress))
                                                        .attribute32(IFLA_MTU, mtu)))))
                .tolerate(Errno.EEXIST);
        return noArp(name).noArp(peer).up(name).up(peer);
    }

    private LinkBatch noArp(String name) {
        batch.message(Rtnetlink.RTM_NEWLINK, NetlinkBatch.NLM_F_ACK, "switch ARP off on " + name, m -> header(
                        m, 0, IFF_NOARP, IFF_NOARP)
                .attribute(Rtnetlink.IFLA_IFNAME, name));
        return this;
    }

    public LinkBatch up(String name) {
        return set("set up " + name, name, IFF_UP);
    }

    public LinkBatch down(String name) {
        return set("set down " + name, name, 0);
    }

    private LinkBatch set(String subject, String name, int flags) {
        batch.message(Rtnetlink.RTM_NEWLINK, NetlinkBatch.NLM_F_ACK, subject, m -> header(m, 0, flags, IFF_UP)
                .attribute(Rtnetlink.IFLA_IFNAME, name));
        return this;
    }

    public LinkBatch macAddress(String name, String macAddress) {
        batch.message(Rtnetlink.RTM_NEWLINK, NetlinkBatch.NLM_F_ACK, "set hardware address of " + name, m -> header(
                        m, 0, 0, 0)
                .attribute(Rtnetlink.IFLA_IFNAME, name)
                .attribute(IFLA_ADDRESS, mac(macAddress)));
        return this;
    }

    /** Makes a link a port of a bridge; nothing when the link is gone. */
    public LinkBatch master(String name, int bridge) {
        batch.message(Rtnetlink.RTM_NEWLINK, NetlinkBatch.NLM_F_ACK, "set bridge of " + name, m -> header(m, 0, 0, 0)
                        .attribute(Rtnetlink.IFLA_IFNAME, name)
                        .attribute32(IFLA_MASTER, bridge))
                .tolerate(Errno.ENODEV);
        return this;
    }

    /** Puts a link into a group; nothing when it is gone. */
    public LinkBatch group(String name, int group) {
        batch.message(Rtnetlink.RTM_NEWLINK, NetlinkBatch.NLM_F_ACK, "set group of " + name, m -> header(m, 0, 0, 0)
                        .attribute(Rtnetlink.IFLA_IFNAME, name)
                        .attribute32(IFLA_GROUP, group))
                .tolerate(Errno.ENODEV);
        return this;
    }

    /**
     * Sets what a bridge does with a port.
     *
     * @param isolated whether it reaches only ports that are not isolated, and the bridge itself
     * @param hairpin whether frames may leave by the port they came by
     */
    public LinkBatch port(String name, boolean isolated, boolean hairpin) {
        batch.message(Rtnetlink.RTM_NEWLINK, NetlinkBatch.NLM_F_ACK, "set options of port " + name, m -> header(
                        m, 0, 0, 0)
                .attribute(Rtnetlink.IFLA_IFNAME, name)
                .nested(IFLA_LINKINFO, info -> info.attribute(IFLA_INFO_SLAVE_KIND, "bridge")
                        .nested(IFLA_INFO_SLAVE_DATA, data -> data.attribute8(IFLA_BRPORT_ISOLATED, isolated ? 1 : 0)
                                .attribute8(IFLA_BRPORT_MODE, hairpin ? 1 : 0))));
        return this;
    }

    /** Adds an address; nothing when it is there. IPv6 skips duplicate detection: the address is ours alone. */
    public LinkBatch address(int link, InetAddress address, int prefixLength) {
        byte[] bytes = address.getAddress();
        batch.message(Rtnetlink.RTM_NEWADDR, CREATE, "add address " + address.getHostAddress(), m -> {
                    m.u8(family(bytes))
                            .u8(prefixLength)
                            .u8(bytes.length == 4 ? 0 : IFA_F_NODAD)
                            .u8(0)
                            .u32(link);
                    m.attribute(IFA_LOCAL, bytes).attribute(IFA_ADDRESS, bytes);
                    if (bytes.length == 4 && prefixLength < 31) {
                        m.attribute(IFA_BROADCAST, broadcast(bytes, prefixLength));
                    }
                })
                .tolerate(Errno.EEXIST);
        return this;
    }

    /** Takes an address away; nothing when it is not there. */
    public LinkBatch removeAddress(int link, InetAddress address, int prefixLength) {
        byte[] bytes = address.getAddress();
        batch.message(
                        Rtnetlink.RTM_DELADDR,
                        NetlinkBatch.NLM_F_ACK,
                        "remove address " + address.getHostAddress(),
                        m -> m.u8(family(bytes))
                                .u8(prefixLength)
                                .u8(0)
                                .u8(0)
                                .u32(link)
                                .attribute(IFA_LOCAL, bytes))
                .tolerate(Errno.EADDRNOTAVAIL);
        return this;
    }

    /** Sets the default route in place of the one that there may be. */
    public LinkBatch defaultRoute(int link, InetAddress gateway) {
        byte[] bytes = gateway.getAddress();
        int flags = NetlinkBatch.NLM_F_ACK | NetlinkBatch.NLM_F_CREATE | NetlinkBatch.NLM_F_REPLACE;
        batch.message(Rtnetlink.RTM_NEWROUTE, flags, "add default route by " + gateway.getHostAddress(), m -> m.u8(
                                family(bytes))
                        .u8(0)
                        .u8(0)
                        .u8(0)
                        .u8(RT_TABLE_MAIN)
                        .u8(RTPROT_BOOT)
                        .u8(0)
                        .u8(RTN_UNICAST)
                        .u32(0)
                        .attribute(RTA_GATEWAY, bytes)
                        .attribute32(RTA_OIF, link))
                .tolerate(Errno.EEXIST);
        return this;
    }

    /**
     * Cuts a bridge port off and forgets what was behind it, without the waiting that taking it down or away costs;
     * nothing when it is gone. This is the bridge's own message: the general one announces a change, at which the bridge
     * enables the port again.
     */
    public LinkBatch disablePort(int index) {
        batch.message(Rtnetlink.RTM_SETLINK, NetlinkBatch.NLM_F_ACK, "disable port " + index, m -> m.u8(AF_BRIDGE)
                        .u8(0)
                        .u16(0)
                        .u32(index)
                        .u32(0)
                        .u32(0)
                        .nested(IFLA_PROTINFO, data -> data.attribute8(IFLA_BRPORT_STATE, 0)
                                .attribute(IFLA_BRPORT_FLUSH, new byte[0])))
                .tolerate(Errno.ENODEV);
        return this;
    }

    /** A link on top of another, in another namespace and down. */
    public LinkBatch stacked(String name, StackedLink link, Descriptor namespace) {
        batch.message(
                Rtnetlink.RTM_NEWLINK,
                CREATE,
                "create " + link.kind() + " interface " + name,
                m -> link.write(header(m, 0, 0, 0).attribute(Rtnetlink.IFLA_IFNAME, name), namespace));
        return this;
    }

    /** The part of a link's traffic that carries a VLAN's number (802.1Q), as a link of its own; up. */
    public LinkBatch vlan(String name, int parent, int number) {
        batch.message(
                Rtnetlink.RTM_NEWLINK,
                CREATE,
                "create VLAN interface " + name,
                m -> StackedLink.writeVlan(
                        header(m, 0, IFF_UP, IFF_UP).attribute(Rtnetlink.IFLA_IFNAME, name), parent, number));
        return this;
    }

    /** Takes a link, which is down, to another namespace under another name. */
    public LinkBatch move(int link, String name, Descriptor namespace) {
        batch.message(
                Rtnetlink.RTM_NEWLINK, NetlinkBatch.NLM_F_ACK, "move interface " + name, m -> header(m, link, 0, IFF_UP)
                        .attribute(Rtnetlink.IFLA_IFNAME, name)
                        .attribute32(IFLA_NET_NS_FD, namespace.number()));
        return this;
    }

    /** Adds a default route that leads out of a link without a gateway; nothing when there is one. */
    public LinkBatch linkRoute(int link, boolean ipv6) {
        return route(link, new byte[ipv6 ? 16 : 4], 0, null);
    }

    /**
     * Adds a route; nothing when it is there.
     *
     * @param gateway null for what the link reaches itself
     */
    public LinkBatch route(int link, InetAddress to, int prefixLength, @Nullable InetAddress gateway) {
        return route(link, to.getAddress(), prefixLength, gateway);
    }

    private LinkBatch route(int link, byte[] to, int prefixLength, @Nullable InetAddress gateway) {
        batch.message(Rtnetlink.RTM_NEWROUTE, CREATE, "add route by interface " + link, m -> {
                    m.u8(family(to))
                            .u8(prefixLength)
                            .u8(0)
                            .u8(0)
                            .u8(RT_TABLE_MAIN)
                            .u8(RTPROT_BOOT);
                    m.u8(gateway == null ? RT_SCOPE_LINK : 0)
                            .u8(RTN_UNICAST)
                            .u32(0)
                            .attribute32(RTA_OIF, link);
                    if (prefixLength > 0) {
                        m.attribute(RTA_DST, to);
                    }
                    if (gateway != null) {
                        m.attribute(RTA_GATEWAY, gateway.getAddress());
                    }
                })
                .tolerate(Errno.EEXIST);
        return this;
    }

    /** A link of a kind that has no settings, such as {@code dummy}; down. */
    public LinkBatch plain(String kind, String name) {
        batch.message(Rtnetlink.RTM_NEWLINK, CREATE, "create " + kind + " interface " + name, m -> header(m, 0, 0, 0)
                .attribute(Rtnetlink.IFLA_IFNAME, name)
                .nested(IFLA_LINKINFO, info -> info.attribute(IFLA_INFO_KIND, kind)));
        return this;
    }

    /** Gives a link a text that tools show beside its name. */
    public LinkBatch alias(String name, String alias) {
        batch.message(Rtnetlink.RTM_NEWLINK, NetlinkBatch.NLM_F_ACK, "set alias of " + name, m -> header(m, 0, 0, 0)
                .attribute(Rtnetlink.IFLA_IFNAME, name)
                .attribute(IFLA_IFALIAS, alias));
        return this;
    }

    /** Removes a link; nothing when it is gone. */
    public LinkBatch delete(String name) {
        batch.message(Rtnetlink.RTM_DELLINK, NetlinkBatch.NLM_F_ACK, "delete interface " + name, m -> header(m, 0, 0, 0)
                        .attribute(Rtnetlink.IFLA_IFNAME, name))
                .tolerate(Errno.ENODEV);
        return this;
    }

    /** Removes every link of a group at once, for the price of one; nothing when there is none. */
    public LinkBatch deleteGroup(int group) {
        batch.message(Rtnetlink.RTM_DELLINK, NetlinkBatch.NLM_F_ACK, "delete interfaces of group " + group, m -> header(
                                m, 0, 0, 0)
                        .attribute32(IFLA_GROUP, group))
                .tolerate(Errno.ENODEV);
        return this;
    }

    /**
     * Sends the changes.
     *
     * @throws LinuxException for the first one that failed
     */
    public void commit() {
        if (batch.count() > 0) {
            socket.exchange(batch);
        }
    }

    static NetlinkBatch header(NetlinkBatch m, int index, int flags, int change) {
        return m.u8(0).u8(0).u16(0).u32(index).u32(flags).u32(change);
    }

    private static int family(byte[] address) {
        return address.length == 4 ? AF_INET : AF_INET6;
    }

    private static byte[] broadcast(byte[] address, int prefixLength) {
        byte[] result = address.clone();
        for (int bit = prefixLength; bit < 32; bit++) {
            result[bit / 8] |= (byte) (0x80 >>> (bit % 8));
        }
        return result;
    }

    private static byte[] mac(String text) {
        return Optional.of(HexFormat.ofDelimiter(":").parseHex(text))
                .filter(bytes -> bytes.length == 6)
                .orElseThrow(() -> new IllegalArgumentException("a hardware address has six octets: " + text));
    }
}
