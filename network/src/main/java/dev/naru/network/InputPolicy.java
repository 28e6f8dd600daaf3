package dev.naru.network;

import static dev.naru.linux.NftRule.Interface.INPUT;
import static java.util.Objects.requireNonNull;

import dev.naru.linux.NftElement;
import dev.naru.linux.NftFamily;
import dev.naru.linux.NftRule;
import dev.naru.linux.NftSet;
import dev.naru.linux.NftTransaction;
import dev.naru.linux.NftTransaction.Hook;
import java.util.ArrayList;
import java.util.List;

/**
 * The rules by which the host's input policy is asked about ports on all addresses: what comes in by an interface
 * that is not admitted is translated after it went through the host's input chains. docs/design/016-firewall.md.
 */
final class InputPolicy {
    /** Interfaces whose packets are translated at once. */
    static final String ADMITTED = "admitted";

    /** Says that the host accepted a packet; the letters of the engine's name. */
    private static final int ACCEPTED = 0x6e617275;

    private final InputLoop loop;

    InputPolicy(InputLoop loop) {
        this.loop = requireNonNull(loop, "loop");
    }

    /** Adds the rules to a table that has the maps of ports. */
    void write(NftTransaction change, List<NetworkSpec> networks) {
        int out = loop.ensure();
        change.set(new NftSet(ADMITTED, List.of(NftSet.Field.INTERFACE), List.of()));
        var admitted = new ArrayList<>(List.of(NftElement.ofInterface("lo"), NftElement.ofInterface(loop.in())));
        networks.forEach(network -> admitted.add(NftElement.ofInterface(network.bridge())));
        change.addElements(ADMITTED, admitted)
                .chain("accepted-marks", Hook.RAW_PREROUTING)
                .rule("accepted-marks", new NftRule().name(INPUT, loop.in()).setMark(0))
                .chain("accepted", Hook.AFTER_INPUT);
        for (PortMap map : PortMap.values()) {
            if (!map.oneAddress()) {
                NftRule rule = map.ipv6() ? new NftRule().ipv6() : new NftRule().ipv4();
                change.rule(
                        "accepted",
                        rule.nameNotIn(INPUT, ADMITTED)
                                .isNew()
                                .destinationIsLocal()
                                .loadProtocolAndPort(0)
                                .keyOf(map.definition())
                                .setMark(ACCEPTED));
            }
        }
        copy(change, NftFamily.IP, new byte[] {(byte) 169, (byte) 254, (byte) 255, (byte) 254}, out);
        copy(change, NftFamily.IP6, Subnet.literal("fe80::1").getAddress(), out);
        change.in(NftFamily.INET);
    }

    private static void copy(NftTransaction change, NftFamily family, byte[] gateway, int out) {
        remove(change, family);
        change.table()
                .chain("accepted", Hook.LAST_INPUT)
                .rule(
                        "accepted",
                        new NftRule().markIs(ACCEPTED).copyTo(gateway, out).drop());
    }

    private static void remove(NftTransaction change, NftFamily family) {
        change.in(family).table().deleteTable();
    }

    /** Removes what {@link #write} has made outside the table of the inet family. */
    void remove(NftTransaction change) {
        remove(change, NftFamily.IP);
        remove(change, NftFamily.IP6);
        change.in(NftFamily.INET);
    }

    /** Removes the interfaces; after the rules that use them. */
    void removeLoop() {
        loop.remove();
    }
}
