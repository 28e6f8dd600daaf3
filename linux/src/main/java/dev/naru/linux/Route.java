package dev.naru.linux;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;

/**
 * A route of the kernel's table.
 *
 * @param destination the network's address; all zero for the default route
 * @param link the index of the interface it leads out of, or 0
 */
public record Route(InetAddress destination, int prefixLength, int link, int table) {
    static final int LOCAL_TABLE = 255;
    private static final int RTMSG = 12;
    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int AF_INET = 2;

    public Route {
        requireNonNull(destination, "destination");
    }

    static Route parse(NetlinkAnswer answer) {
        NetlinkAttributes attributes = answer.attributes(RTMSG);
        byte[] destination = attributes.bytes(RTA_DST);
        byte[] any = new byte[answer.uint8(0) == AF_INET ? 4 : 16];
        return new Route(
                LinkAddress.inet(destination.length > 0 ? destination : any),
                answer.uint8(1),
                attributes.int32(RTA_OIF),
                answer.uint8(4));
    }
}
