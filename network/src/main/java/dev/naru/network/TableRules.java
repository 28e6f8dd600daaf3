package dev.naru.network;

import static dev.naru.linux.NftRule.Interface.INPUT;
import static java.util.Objects.requireNonNull;

import dev.naru.linux.NftRule;
import dev.naru.linux.NftTransaction;
import dev.naru.linux.NftTransaction.Hook;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the table's chains, sets and rules; docs/design/005-network.md explains them. */
final class TableRules {
    private static final String PUBLISH_ADDRESS = "publish-address";
    private static final String PUBLISH = "publish";
    private static final byte[] LOOPBACK = {127, 0, 0, 0};
    private static final int LOOPBACK_PREFIX = 8;
    private static final byte[] LOOPBACK6 = Subnet.literal("::1").getAddress();

    private final NftTransaction change;
    private final @Nullable InputPolicy inputPolicy;

    /** @param inputPolicy to ask the host's input policy about ports on all addresses; null for no */
    TableRules(NftTransaction change, @Nullable InputPolicy inputPolicy) {
        this.change = requireNonNull(change, "change");
        this.inputPolicy = inputPolicy;
    }

    void write(List<NetworkSpec> networks) {
        NetworkRules apart = new NetworkRules(change).sets();
        for (PortMap map : PortMap.values()) {
            change.set(map.definition());
        }
        guard();
        OwnerChain.write(change, NetworkRules.BRIDGES);
        if (inputPolicy != null) {
            inputPolicy.write(change, networks);
        }
        publish(apart);
        change.chain("forward", Hook.FILTER_FORWARD);
        apart.forward("forward");
        change.chain("postrouting", Hook.NAT_POSTROUTING);
        apart.postrouting("postrouting");
        networks.forEach(apart::add);
    }

    /**
     * Loopback addresses never come in by a wire (RFC 1122, 3.2.1.3). Where route_localnet is on, as on bridges of ours,
     * containers and other hosts would reach what listens on the host's loopback.
     */
    private void guard() {
        change.chain("guard", Hook.RAW_PREROUTING)
                .rule(
                        "guard",
                        new NftRule()
                                .nameIsNot(INPUT, "lo")
                                .destination(LOOPBACK, LOOPBACK_PREFIX)
                                .drop())
                .rule(
                        "guard",
                        new NftRule()
                                .nameIsNot(INPUT, "lo")
                                .source(LOOPBACK, LOOPBACK_PREFIX)
                                .drop());
    }

    private void publish(NetworkRules apart) {
        change.chain(PUBLISH_ADDRESS).chain(PUBLISH);
        for (PortMap map : PortMap.values()) {
            NftRule rule = map.ipv6() ? new NftRule().ipv6() : new NftRule().ipv4();
            if (map.oneAddress()) {
                rule.loadDestination(map.ipv6()).loadProtocolAndPort(map.ipv6() ? 4 : 1);
            } else {
                rule.loadProtocolAndPort(0);
            }
            change.rule(map.oneAddress() ? PUBLISH_ADDRESS : PUBLISH, rule.translateDestination(map.set(), map.ipv6()));
        }
        // What comes from outside never reaches a port published on 127.0.0.1, whatever the host's settings are.
        change.chain("prerouting", Hook.NAT_PREROUTING)
                .rule(
                        "prerouting",
                        new NftRule().destination(LOOPBACK, LOOPBACK_PREFIX).leave());
        apart.leaveIsolated("prerouting");
        NftRule all = inputPolicy == null ? new NftRule() : new NftRule().nameIn(INPUT, InputPolicy.ADMITTED);
        change.rule("prerouting", new NftRule().destinationIsLocal().jump(PUBLISH_ADDRESS))
                .rule("prerouting", all.destinationIsLocal().jump(PUBLISH))
                // Routing has tied it to the loopback interface by now: PortRelay serves it.
                .chain("output", Hook.NAT_OUTPUT)
                .rule(
                        "output",
                        new NftRule()
                                .destination(LOOPBACK6, LOOPBACK6.length * 8)
                                .leave())
                .rule("output", new NftRule().destinationIsLocal().jump(PUBLISH_ADDRESS))
                .rule("output", new NftRule().destinationIsLocal().jump(PUBLISH));
    }
}
