package dev.naru.linux;

import java.util.HexFormat;

/**
 * A network interface.
 *
 * @param kind such as bridge or veth; empty for a device
 * @param master the index of the bridge it belongs to, or 0
 * @param up whether it is administratively up
 * @param running whether it carries packets; a bridge forwards to a port only then
 * @param macAddress six octets with colons; empty for none
 * @param alias a text its maker gave it; empty for none
 * @param isolated whether it is a bridge port that reaches no other isolated one
 */
public record Link(
        int index,
        String name,
        String kind,
        int master,
        boolean up,
        boolean running,
        int mtu,
        String macAddress,
        String alias,
        boolean isolated) {
    private static final int IFLA_IFALIAS = 20;
    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_MASTER = 10;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_INFO_KIND = 1;
    private static final int IFLA_INFO_SLAVE_DATA = 5;
    private static final int IFLA_BRPORT_ISOLATED = 33;
    private static final int IFLA_OPERSTATE = 16;
    private static final int IF_OPER_UNKNOWN = 0;
    private static final int IF_OPER_UP = 6;
    private static final int IFF_UP = 1;

    static Link parse(NetlinkAnswer answer) {
        NetlinkAttributes attributes = answer.attributes(Rtnetlink.IFINFOMSG);
        NetlinkAttributes info = attributes.nested(IFLA_LINKINFO);
        byte[] isolated = info.nested(IFLA_INFO_SLAVE_DATA).bytes(IFLA_BRPORT_ISOLATED);
        return new Link(
                answer.int32(4),
                attributes.text(Rtnetlink.IFLA_IFNAME),
                info.text(IFLA_INFO_KIND),
                attributes.int32(IFLA_MASTER),
                (answer.int32(8) & IFF_UP) != 0,
                operational(attributes.bytes(IFLA_OPERSTATE)),
                attributes.int32(IFLA_MTU),
                HexFormat.ofDelimiter(":").formatHex(attributes.bytes(IFLA_ADDRESS)),
                attributes.text(IFLA_IFALIAS),
                isolated.length > 0 && isolated[0] != 0);
    }

    private static boolean operational(byte[] state) {
        return state.length > 0 && (state[0] == IF_OPER_UP || state[0] == IF_OPER_UNKNOWN);
    }
}
