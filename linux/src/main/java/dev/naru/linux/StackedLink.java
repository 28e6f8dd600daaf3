package dev.naru.linux;

import static java.util.Objects.requireNonNull;

import java.util.HexFormat;

/**
 * A link that stands on another one and shares its wire (linux/if_link.h).
 *
 * @param kind {@code macvlan} or {@code ipvlan}
 * @param parent the index of the link below
 * @param mode the kind's mode
 * @param flags the kind's flags, which ipvlan alone has here; 0 for none
 * @param mtu 0 for the parent's
 * @param mac its hardware address; empty to let the kernel choose
 */
public record StackedLink(String kind, int parent, int mode, int flags, int mtu, String mac) {
    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_LINK = 5;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_NET_NS_FD = 28;
    private static final int IFLA_INFO_KIND = 1;
    private static final int IFLA_INFO_DATA = 2;
    private static final int MODE = 1;
    private static final int IFLA_IPVLAN_FLAGS = 2;
    private static final int IFLA_VLAN_ID = 1;

    public StackedLink {
        requireNonNull(kind, "kind");
        requireNonNull(mac, "mac");
    }

    NetlinkBatch write(NetlinkBatch m, Descriptor namespace) {
        m.attribute32(IFLA_LINK, parent).attribute32(IFLA_NET_NS_FD, namespace.number());
        if (mtu > 0) {
            m.attribute32(IFLA_MTU, mtu);
        }
        if (!mac.isEmpty()) {
            m.attribute(IFLA_ADDRESS, HexFormat.ofDelimiter(":").parseHex(mac));
        }
        return m.nested(
                IFLA_LINKINFO, info -> info.attribute(IFLA_INFO_KIND, kind).nested(IFLA_INFO_DATA, this::data));
    }

    private void data(NetlinkBatch data) {
        if (kind.equals("macvlan")) {
            data.attribute32(MODE, mode);
        } else {
            data.attribute(MODE, new byte[] {(byte) mode, 0});
            if (flags != 0) {
                data.attribute(IFLA_IPVLAN_FLAGS, new byte[] {(byte) flags, 0});
            }
        }
    }

    static NetlinkBatch writeVlan(NetlinkBatch m, int parent, int number) {
        return m.attribute32(IFLA_LINK, parent).nested(IFLA_LINKINFO, info -> info.attribute(IFLA_INFO_KIND, "vlan")
                .nested(
                        IFLA_INFO_DATA,
                        data -> data.attribute(IFLA_VLAN_ID, new byte[] {(byte) number, (byte) (number >> 8)})));
    }
}
