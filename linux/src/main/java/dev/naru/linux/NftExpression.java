package dev.naru.linux;

import java.nio.ByteBuffer;

/**
 * One step of a rule (linux/netfilter/nf_tables.h). Registers are numbered as in the kernel; those of whole words and
 * those of four words are two names for the same space.
 */
public sealed interface NftExpression {
    /** Loads a packet's property. */
    record Meta(int key, int register) implements NftExpression {}

    /** Loads a property of the connection; {@code original} is one of its first packet. */
    record Connection(int key, int register) implements NftExpression {}

    /** Loads bytes of a header: 1 network, 2 transport. */
    record Payload(int base, int offset, int length, int register) implements NftExpression {}

    /** Goes on when the register compares so: 0 equal, 1 unequal, 2 less, 3 at most, 4 greater, 5 at least. */
    record Compare(int register, int operator, ByteBuffer value) implements NftExpression {}

    /** Masks a register. */
    record Mask(int from, int to, ByteBuffer mask, ByteBuffer xor) implements NftExpression {}

    /**
     * Goes on when the register is in the set.
     *
     * @param to where a map's value goes: a register, 0 to be followed as a verdict, -1 without a map
     */
    record Lookup(String set, int register, boolean inverted, int to) implements NftExpression {}

    /** Ends: 0 drop, 1 accept, -3 jump, -4 goto, -5 return. */
    record Verdict(int code, String chain) implements NftExpression {}

    /** Refuses with an answer. */
    record Reject() implements NftExpression {}

    /** Has no say in where the packet goes. */
    record Aside(String name) implements NftExpression {}

    /** Decides by what is not read here. */
    record Other(String name) implements NftExpression {}

    static NftExpression of(NetlinkAttributes element) {
        String name = element.text(1);
        NetlinkAttributes data = element.nested(2);
        return switch (name) {
            case "meta" -> data.bytes(1).length == 0 ? new Aside("meta set") : new Meta(data.big32(2), data.big32(1));
            case "ct" -> data.bytes(1).length == 0 ? new Aside("ct set") : new Connection(data.big32(2), data.big32(1));
            case "payload" ->
                data.bytes(1).length == 0
                        ? new Aside("payload set")
                        : new Payload(data.big32(2), data.big32(3), data.big32(4), data.big32(1));
            case "cmp" -> new Compare(data.big32(1), data.big32(2), bytes(data.nested(3)));
            case "bitwise" ->
                data.big32(6) == 0
                        ? new Mask(data.big32(1), data.big32(2), bytes(data.nested(4)), bytes(data.nested(5)))
                        : new Other(name);
            case "lookup" ->
                new Lookup(
                        data.text(1), data.big32(2), data.big32(5) != 0, data.bytes(3).length > 0 ? data.big32(3) : -1);
            case "immediate" -> immediate(data);
            case "reject" -> new Reject();
            case "counter", "log", "notrack", "dup", "masq", "nat", "redir", "flow_offload" -> new Aside(name);
            default -> new Other(name);
        };
    }

    private static ByteBuffer bytes(NetlinkAttributes value) {
        return ByteBuffer.wrap(value.bytes(1)).asReadOnlyBuffer();
    }

    private static NftExpression immediate(NetlinkAttributes data) {
        NetlinkAttributes verdict = data.nested(2).nested(2);
        return data.big32(1) == 0 ? new Verdict(verdict.big32(1), verdict.text(2)) : new Aside("immediate");
    }
}
