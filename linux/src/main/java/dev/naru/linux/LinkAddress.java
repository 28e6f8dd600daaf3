package dev.naru.linux;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** An address of a link. */
public record LinkAddress(int link, InetAddress address, int prefixLength) {
    private static final int IFADDRMSG = 8;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;

    public LinkAddress {
        requireNonNull(address, "address");
    }

    static LinkAddress parse(NetlinkAnswer answer) {
        NetlinkAttributes attributes = answer.attributes(IFADDRMSG);
        byte[] local = attributes.bytes(IFA_LOCAL);
        return new LinkAddress(
                answer.int32(4), inet(local.length > 0 ? local : attributes.bytes(IFA_ADDRESS)), answer.uint8(1));
    }

    static InetAddress inet(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + bytes.length, impossible);
        }
    }
}
