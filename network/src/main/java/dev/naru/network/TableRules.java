package dev.naru.network;

import static dev.naru.linux.NftRule.Interface.INPUT;
import static dev.naru.linux.NftRule.Interface.OUTPUT;
import static java.util.Objects.requireNonNull;

import dev.naru.linux.NftElement;
import dev.naru.linux.NftRule;
import dev.naru.linux.NftSet;
import dev.naru.linux.NftTransaction;
import dev.naru.linux.NftTransaction.Hook;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the table's chains, sets and rules; docs/design/005-network.md explains them. */
final class TableRules {
    private static final String BRIDGES = "bridges";
    private static final String PUBLISH_ADDRESS = "publish-address";
    private static final String PUBLISH = "publish";
    private static final String TO = "to-network";
    private static final String FROM = "from-network";
    private static final byte[] LOOPBACK = {127, 0, 0, 0};
    private static final int LOOPBACK_PREFIX = 8;

    private final NftTransaction change;
    private final @Nullable InputPolicy inputPolicy;

    /** @param inputPolicy to ask the host's input policy about ports on all addresses; null for no */
    TableRules(NftTransaction change, @Nullable InputPolicy inputPolicy) {
        this.change = requireNonNull(change, "change");
        this.inputPolicy = inputPolicy;
    }

    void write(List<NetworkSpec> networks) {
        sets(networks);
        guard();
        OwnerChain.write(change, BRIDGES);
        if (inputPolicy != null) {
            inputPolicy.write(change, networks);
        }
        publish(networks);
        forward(networks);
        postrouting(networks);
    }

    private void sets(List<NetworkSpec> networks) {
        for (PortMap map : PortMap.values()) {
            change.set(map.definition());
        }
        change.set(new NftSet(BRIDGES, List.of(NftSet.Field.INTERFACE), List.of()));
        change.set(new NftSet(TO, List.of(NftSet.Field.INTERFACE), List.of(NftSet.Field.VERDICT)));
        change.set(new NftSet(FROM, List.of(NftSet.Field.INTERFACE), List.of(NftSet.Field.VERDICT)));
        change.addElements(
                BRIDGES,
                networks.stream().map(n -> NftElement.ofInterface(n.bridge())).toList());
    }

    /** A bridge whose route_localnet is on would let containers reach what listens on the host's loopback. */
    private void guard() {
        change.chain("guard", Hook.RAW_PREROUTING)
                .rule(
                        "guard",
                        new NftRule()
                                .nameIn(INPUT, BRIDGES)
                                .destination(LOOPBACK, LOOPBACK_PREFIX)
                                .drop())
                .rule(
                        "guard",
                        new NftRule()
                                .nameIn(INPUT, BRIDGES)
                                .source(LOOPBACK, LOOPBACK_PREFIX)
                                .drop());
    }

    private void publish(List<NetworkSpec> networks) {
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
        for (NetworkSpec network : networks) {
            if (!network.interContainer()) {
                // Translated, it might have to go from one isolated port to another: PortRelay takes it instead.
                change.rule(
                        "prerouting",
                        new NftRule().name(INPUT, network.bridge()).leave());
            }
        }
        NftRule all = inputPolicy == null ? new NftRule() : new NftRule().nameIn(INPUT, InputPolicy.ADMITTED);
        change.rule("prerouting", new NftRule().destinationIsLocal().jump(PUBLISH_ADDRESS))
                .rule("prerouting", all.destinationIsLocal().jump(PUBLISH))
                .chain("output", Hook.NAT_OUTPUT)
                .rule("output", new NftRule().destinationIsLocal().jump(PUBLISH_ADDRESS))
                .rule("output", new NftRule().destinationIsLocal().jump(PUBLISH));
    }

    private void forward(List<NetworkSpec> networks) {
        change.chain("forward", Hook.FILTER_FORWARD)
                .rule("forward", new NftRule().establishedOrRelated().accept())
                .rule("forward", new NftRule().verdictByName(OUTPUT, TO))
                .rule("forward", new NftRule().verdictByName(INPUT, FROM));
        for (NetworkSpec network : networks) {
            to(network, "to-" + network.bridge());
            from(network, "from-" + network.bridge());
        }
    }

    private void to(NetworkSpec network, String chain) {
        change.chain(chain);
        if (network.internal()) {
            change.rule(chain, new NftRule().nameIsNot(INPUT, network.bridge()).drop());
        }
        change.rule(chain, new NftRule().destinationTranslated().accept());
        if (network.interContainer()) {
            change.rule(chain, new NftRule().name(INPUT, network.bridge()).accept());
        }
        change.rule(chain, new NftRule().drop())
                .addElements(TO, List.of(NftElement.ofInterface(network.bridge(), chain)));
    }

    private void from(NetworkSpec network, String chain) {
        change.chain(chain)
                .rule(chain, network.internal() ? new NftRule().drop() : new NftRule().accept())
                .addElements(FROM, List.of(NftElement.ofInterface(network.bridge(), chain)));
    }

    private void postrouting(List<NetworkSpec> networks) {
        String chain = "postrouting";
        change.chain(chain, Hook.NAT_POSTROUTING);
        for (NetworkSpec network : networks) {
            // From 127.0.0.1 a container could not answer.
            change.rule(
                    chain,
                    new NftRule()
                            .name(OUTPUT, network.bridge())
                            .source(LOOPBACK, LOOPBACK_PREFIX)
                            .masquerade());
            for (NetworkSpec.Pool pool : network.pools()) {
                Subnet subnet = Subnet.parse(pool.subnet());
                byte[] address = subnet.network().getAddress();
                // A container that uses a published port of its own network: the answer must come back this way.
                change.rule(
                        chain,
                        new NftRule()
                                .name(OUTPUT, network.bridge())
                                .destinationTranslated()
                                .source(address, subnet.prefixLength())
                                .masquerade());
                if (network.masquerade() && !network.internal()) {
                    change.rule(
                            chain,
                            new NftRule()
                                    .name(INPUT, network.bridge())
                                    .nameIsNot(OUTPUT, network.bridge())
                                    .source(address, subnet.prefixLength())
                                    .masquerade());
                }
            }
        }
    }
}
