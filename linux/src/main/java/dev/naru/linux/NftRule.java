package dev.naru.linux;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * A rule as the list of nf_tables expressions the kernel runs through until one does not match
 * (linux/netfilter/nf_tables.h). Values are loaded into 4-byte words; the first word is 0.
 */
public final class NftRule {
    /** Which interface's name. */
    public enum Interface {
        INPUT(6),
        OUTPUT(7);

        private final int key;

        Interface(int key) {
            this.key = key;
        }
    }

    /** ct status: the connection's destination was translated. */
    private static final int IPS_DST_NAT = 0x20;

    private static final int STATE_ESTABLISHED_RELATED = 2 | 4;
    private static final int FIRST_WORD = 8;
    private static final int STATE_NEW = 8;
    private static final int META_MARK = 3;
    private static final int META_NFPROTO = 15;
    private static final int META_L4PROTO = 16;
    private static final int CT_STATE = 0;
    private static final int CT_DIRECTION = 1;
    private static final int CT_STATUS = 2;
    private static final int NETWORK_HEADER = 1;
    private static final int TRANSPORT_HEADER = 2;
    private static final int CMP_EQ = 0;
    private static final int CMP_NEQ = 1;
    private static final int NFPROTO_IPV4 = 2;
    private static final int NFPROTO_IPV6 = 10;
    private static final int RTN_LOCAL = 2;
    private static final int NF_DROP = 0;
    private static final int NF_ACCEPT = 1;
    private static final int NFT_JUMP = -3;
    private static final int NFT_RETURN = -5;
    private static final int INTERFACE_NAME = 16;

    private final List<Consumer<NetlinkBatch>> expressions = new ArrayList<>();

    public NftRule name(Interface which, String name) {
        return meta(which.key, 0).compare(CMP_EQ, interfaceName(name));
    }

    public NftRule nameIsNot(Interface which, String name) {
        return meta(which.key, 0).compare(CMP_NEQ, interfaceName(name));
    }

    /** The interface's name is an element of the set. */
    public NftRule nameIn(Interface which, String set) {
        return meta(which.key, 0).expression("lookup", e -> e.attribute(1, set).attributeBig32(2, FIRST_WORD));
    }

    /** The interface's name is not an element of the set. */
    public NftRule nameNotIn(Interface which, String set) {
        return meta(which.key, 0).expression("lookup", e -> e.attribute(1, set)
                .attributeBig32(2, FIRST_WORD)
                .attributeBig32(5, 1));
    }

    /** Looks the words from 0 up in a set; they must be in it. */
    public NftRule inSet(String set) {
        return expression("lookup", e -> e.attribute(1, set).attributeBig32(2, FIRST_WORD));
    }

    /** The packet's protocol, by its number in the IP header. */
    public NftRule protocol(int number) {
        return meta(META_L4PROTO, 0).compare(CMP_EQ, new byte[] {(byte) number});
    }

    /** Goes where the map sends this interface's name, if it has it. */
    public NftRule verdictByName(Interface which, String map) {
        return meta(which.key, 0).expression("lookup", e -> e.attribute(1, map)
                .attributeBig32(2, FIRST_WORD)
                .attributeBig32(3, 0));
    }

    public NftRule ipv4() {
        return meta(META_NFPROTO, 0).compare(CMP_EQ, new byte[] {NFPROTO_IPV4});
    }

    public NftRule ipv6() {
        return meta(META_NFPROTO, 0).compare(CMP_EQ, new byte[] {NFPROTO_IPV6});
    }

    /** The source address lies in a network; says which family by the address's length. */
    public NftRule source(byte[] network, int prefixLength) {
        return address(network, prefixLength, network.length == 4 ? 12 : 8, CMP_EQ);
    }

    public NftRule destination(byte[] network, int prefixLength) {
        return address(network, prefixLength, network.length == 4 ? 16 : 24, CMP_EQ);
    }

    public NftRule destinationIsNot(byte[] network, int prefixLength) {
        return address(network, prefixLength, network.length == 4 ? 16 : 24, CMP_NEQ);
    }

    /** The destination is one of the host's own addresses. */
    public NftRule destinationIsLocal() {
        return expression("fib", e -> e.attributeBig32(1, FIRST_WORD)
                        .attributeBig32(2, 3)
                        .attributeBig32(3, 2))
                .compare(CMP_EQ, word(RTN_LOCAL));
    }

    public NftRule establishedOrRelated() {
        return conntrack(CT_STATE, STATE_ESTABLISHED_RELATED);
    }

    /** The connection's destination was translated: it came by a published port. */
    public NftRule destinationTranslated() {
        return conntrack(CT_STATUS, IPS_DST_NAT);
    }

    /** The packet goes the way of its connection's first one. */
    public NftRule isOfOpener() {
        return expression("ct", e -> e.attributeBig32(1, FIRST_WORD).attributeBig32(2, CT_DIRECTION))
                .compare(CMP_EQ, new byte[1]);
    }

    /** No packet of the connection was answered yet. */
    public NftRule isNew() {
        return conntrack(CT_STATE, STATE_NEW);
    }

    /** The words from 0 up are a key of the map or set. */
    public NftRule keyOf(NftSet set) {
        return expression("lookup", e -> {
            e.attribute(1, set.name()).attributeBig32(2, FIRST_WORD);
            if (!set.value().isEmpty()) {
                e.attributeBig32(3, FIRST_WORD);
            }
        });
    }

    public NftRule markIs(int mark) {
        return meta(META_MARK, 0).compare(CMP_EQ, word(mark));
    }

    public NftRule setMark(int mark) {
        return load(0, word(mark))
                .expression("meta", e -> e.attributeBig32(2, META_MARK).attributeBig32(3, FIRST_WORD));
    }

    /** Sends a copy out of an interface; tables of the families ip and ip6 only. */
    public NftRule copyTo(byte[] gateway, int link) {
        return load(0, gateway).load(4, word(link)).expression("dup", e -> e.attributeBig32(1, FIRST_WORD)
                .attributeBig32(2, FIRST_WORD + 4));
    }

    private NftRule load(int word, byte[] value) {
        return expression(
                "immediate", e -> e.attributeBig32(1, FIRST_WORD + word).nested(2, data -> data.attribute(1, value)));
    }

    /** Loads the destination address into words 0 to 0 (IPv4) or 0 to 3. */
    public NftRule loadDestination(boolean ipv6) {
        return payload(NETWORK_HEADER, ipv6 ? 24 : 16, ipv6 ? 16 : 4, 0);
    }

    /** Loads protocol and destination port into two words. */
    public NftRule loadProtocolAndPort(int word) {
        return meta(META_L4PROTO, word).payload(TRANSPORT_HEADER, 2, 2, word + 1);
    }

    /** Looks the words from 0 up in a map and translates the destination to the address and port found. */
    public NftRule translateDestination(String map, boolean ipv6) {
        return expression(
                        "lookup",
                        e -> e.attribute(1, map).attributeBig32(2, FIRST_WORD).attributeBig32(3, FIRST_WORD))
                .expression("nat", e -> e.attributeBig32(1, 1)
                        .attributeBig32(2, ipv6 ? NFPROTO_IPV6 : NFPROTO_IPV4)
                        .attributeBig32(3, FIRST_WORD)
                        .attributeBig32(5, FIRST_WORD + (ipv6 ? 4 : 1)));
    }

    /** The protocol by its number in the IP header, and the destination port. */
    public NftRule to(int protocol, int port) {
        return meta(META_L4PROTO, 0)
                .compare(CMP_EQ, new byte[] {(byte) protocol})
                .payload(TRANSPORT_HEADER, 2, 2, 0)
                .compare(CMP_EQ, new byte[] {(byte) (port >>> 8), (byte) port});
    }

    /** Translates the destination's port and leaves its IPv4 address. */
    public NftRule translatePort(int port) {
        byte[] value = {(byte) (port >>> 8), (byte) port};
        return expression("immediate", e -> e.attributeBig32(1, FIRST_WORD).nested(2, data -> data.attribute(1, value)))
                .expression("nat", e -> e.attributeBig32(1, 1)
                        .attributeBig32(2, NFPROTO_IPV4)
                        .attributeBig32(5, FIRST_WORD));
    }

    public NftRule masquerade() {
        return expression("masq", e -> {});
    }

    public NftRule accept() {
        return verdict(NF_ACCEPT, "");
    }

    public NftRule drop() {
        return verdict(NF_DROP, "");
    }

    public NftRule leave() {
        return verdict(NFT_RETURN, "");
    }

    public NftRule jump(String chain) {
        return verdict(NFT_JUMP, chain);
    }

    void write(NetlinkBatch batch) {
        expressions.forEach(expression -> expression.accept(batch));
    }

    /** The 16 bytes that stand for an interface's name. */
    static byte[] interfaceName(String name) {
        byte[] text = requireNonNull(name, "name").getBytes(StandardCharsets.UTF_8);
        if (text.length >= INTERFACE_NAME) {
            throw new IllegalArgumentException("an interface's name has at most 15 bytes: " + name);
        }
        return Arrays.copyOf(text, INTERFACE_NAME);
    }

    static void verdict(NetlinkBatch e, int code, String chain) {
        e.nested(2, verdict -> {
            verdict.attributeBig32(1, code);
            if (!chain.isEmpty()) {
                verdict.attribute(2, chain);
            }
        });
    }

    private NftRule verdict(int code, String chain) {
        return expression("immediate", e -> e.attributeBig32(1, 0).nested(2, data -> verdict(data, code, chain)));
    }

    private NftRule address(byte[] network, int prefixLength, int offset, int operator) {
        (network.length == 4 ? ipv4() : ipv6()).payload(NETWORK_HEADER, offset, network.length, 0);
        byte[] mask = new byte[network.length];
        for (int bit = 0; bit < prefixLength; bit++) {
            mask[bit / 8] |= (byte) (0x80 >>> (bit % 8));
        }
        byte[] masked = network.clone();
        for (int i = 0; i < mask.length; i++) {
            masked[i] &= mask[i];
        }
        return and(mask).compare(operator, masked);
    }

    private NftRule conntrack(int key, int bits) {
        return expression("ct", e -> e.attributeBig32(1, FIRST_WORD).attributeBig32(2, key))
                .and(word(bits))
                .compare(CMP_NEQ, word(0));
    }

    private NftRule and(byte[] mask) {
        return expression("bitwise", e -> e.attributeBig32(1, FIRST_WORD)
                .attributeBig32(2, FIRST_WORD)
                .attributeBig32(3, mask.length)
                .nested(4, data -> data.attribute(1, mask))
                .nested(5, data -> data.attribute(1, new byte[mask.length])));
    }

    private NftRule meta(int key, int word) {
        return expression("meta", e -> e.attributeBig32(1, FIRST_WORD + word).attributeBig32(2, key));
    }

    private NftRule payload(int base, int offset, int length, int word) {
        return expression("payload", e -> e.attributeBig32(1, FIRST_WORD + word)
                .attributeBig32(2, base)
                .attributeBig32(3, offset)
                .attributeBig32(4, length));
    }

    private NftRule compare(int operator, byte[] value) {
        return expression("cmp", e -> e.attributeBig32(1, FIRST_WORD)
                .attributeBig32(2, operator)
                .nested(3, data -> data.attribute(1, value)));
    }

    private NftRule expression(String name, Consumer<NetlinkBatch> data) {
        expressions.add(
                batch -> batch.nested(1, element -> element.attribute(1, name).nested(2, data)));
        return this;
    }

    private static byte[] word(int value) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.nativeOrder())
                .putInt(value)
                .array();
    }
}
