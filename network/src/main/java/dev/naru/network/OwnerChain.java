package dev.naru.network;

import static dev.naru.linux.NftRule.Interface.INPUT;
import static dev.naru.linux.NftRule.Interface.OUTPUT;

import dev.naru.linux.NftRule;
import dev.naru.linux.NftSet;
import dev.naru.linux.NftTransaction;
import dev.naru.linux.NftTransaction.Hook;
import java.util.List;

/** The chain that the host's owner fills; everything of the table whose name begins so is the owner's. */
final class OwnerChain {
    static final String NAME = "naru-user";

    /** Ports that a relay serves: their packets are not forwarded. */
    static final NftSet RELAYED = new NftSet("relayed", List.of(NftSet.Field.PROTOCOL, NftSet.Field.PORT), List.of());

    private OwnerChain() {}

    static boolean owns(String name) {
        return name.startsWith(NAME);
    }

    /**
     * Makes the chain unless it is there, and what jumps to it: base chains of their own, so that an accept in it goes
     * on with our rules and opens nothing.
     *
     * @param bridges the set of our bridges' names
     */
    static void write(NftTransaction change, String bridges) {
        change.chain(NAME)
                .chain("user", Hook.BEFORE_FORWARD)
                .rule("user", new NftRule().nameIn(OUTPUT, bridges).isOfOpener().jump(NAME))
                .rule(
                        "user",
                        new NftRule()
                                .nameIn(INPUT, bridges)
                                .nameNotIn(OUTPUT, bridges)
                                .isOfOpener()
                                .jump(NAME));
        change.set(RELAYED)
                .chain("user-relayed", Hook.BEFORE_INPUT)
                .rule(
                        "user-relayed",
                        new NftRule()
                                .nameIsNot(INPUT, "lo")
                                .destinationIsLocal()
                                .isOfOpener()
                                .loadProtocolAndPort(0)
                                .keyOf(RELAYED)
                                .jump(NAME));
    }
}
