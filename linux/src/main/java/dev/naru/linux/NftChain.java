package dev.naru.linux;

import static java.util.Objects.requireNonNull;

/**
 * A chain as the kernel has it.
 *
 * @param family the kernel's number
 * @param hook where it hooks in (linux/netfilter.h: 1 input, 2 forward, 3 output), -1 for none
 * @param priority among the chains of its hook, the least first
 * @param type filter, nat or route; empty without a hook
 * @param drops whether it drops what no rule decides
 */
public record NftChain(int family, String table, String name, int hook, int priority, String type, boolean drops) {
    public static final int INPUT = 1;
    public static final int FORWARD = 2;
    public static final int OUTPUT = 3;
    /** Chains of output before this see where a connection was sent, others where it is translated to. */
    public static final int TRANSLATION = -100;

    private static final int NFGENMSG = 4;

    public NftChain {
        requireNonNull(table, "table");
        requireNonNull(name, "name");
        requireNonNull(type, "type");
    }

    static NftChain of(NetlinkAnswer answer) {
        NetlinkAttributes chain = answer.attributes(NFGENMSG);
        boolean base = chain.bytes(4).length > 0;
        return new NftChain(
                answer.uint8(0),
                chain.text(1),
                chain.text(3),
                base ? chain.nested(4).big32(1) : -1,
                base ? chain.nested(4).big32(2) : 0,
                chain.text(7),
                chain.bytes(5).length > 0 && chain.big32(5) == 0);
    }

    /** Whether packets of the Internet protocol's version run through it. */
    public boolean sees(boolean ipv6) {
        return family == NftFamily.INET.number() || family == (ipv6 ? NftFamily.IP6 : NftFamily.IP).number();
    }

    /** Family, table and chain as {@code nft} names them. */
    public String text() {
        return NftFamily.text(family) + " " + table + " " + name;
    }
}
