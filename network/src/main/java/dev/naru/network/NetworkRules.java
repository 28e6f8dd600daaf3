package dev.naru.network;

import static dev.naru.linux.NftRule.Interface.INPUT;
import static dev.naru.linux.NftRule.Interface.OUTPUT;
import static java.util.Objects.requireNonNull;

import dev.naru.linux.NftElement;
import dev.naru.linux.NftRule;
import dev.naru.linux.NftSet;
import dev.naru.linux.NftTransaction;
import java.util.List;

/**
 * What keeps networks apart: for each bridge a few chains, found by its name in maps, so that a network comes and goes
 * without a change to others and a packet costs the same however many there are.
 * docs/design/014-user-defined-networks.md.
 */
final class NetworkRules {
    static final String BRIDGES = "bridges";

    private static final String ISOLATED = "isolated-bridges";
    private static final String WITHIN = "within-network";
    private static final String TO = "to-network";
    private static final String FROM = "from-network";
    private static final String LEAVE = "leave-network";
    private static final String MASQUERADE = "masquerade-network";
    private static final String ROUTED = "routed-ports";
    private static final String ROUTED6 = "routed-ports6";
    private static final byte[] LOOPBACK = {127, 0, 0, 0};
    private static final int LOOPBACK_PREFIX = 8;
    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;
    private static final String TRUSTED = "com.docker.network.bridge.trusted_host_interfaces";

    private final NftTransaction change;

    NetworkRules(NftTransaction change) {
        this.change = requireNonNull(change, "change");
    }

    /** The sets and maps; before anything that looks into them. */
    NetworkRules sets() {
        change.set(new NftSet(BRIDGES, List.of(NftSet.Field.INTERFACE), List.of()))
                .set(new NftSet(ISOLATED, List.of(NftSet.Field.INTERFACE), List.of()));
        for (String map : List.of(WITHIN, TO, FROM, LEAVE, MASQUERADE)) {
            change.set(new NftSet(map, List.of(NftSet.Field.INTERFACE), List.of(NftSet.Field.VERDICT)));
        }
        change.set(new NftSet(ROUTED, List.of(NftSet.Field.IPV4, NftSet.Field.PROTOCOL, NftSet.Field.PORT), List.of()))
                .set(new NftSet(
                        ROUTED6, List.of(NftSet.Field.IPV6, NftSet.Field.PROTOCOL, NftSet.Field.PORT), List.of()));
        return this;
    }

    /** The set of container ports that are reached by routing. */
    static String routed(boolean ipv6) {
        return ipv6 ? ROUTED6 : ROUTED;
    }

    /** Lets what comes from a bridge without inter-container traffic out of a translating chain: PortRelay takes it. */
    void leaveIsolated(String chain) {
        change.rule(chain, new NftRule().nameIn(INPUT, ISOLATED).leave());
    }

    /** Decides what is forwarded into and out of networks. */
    void forward(String chain) {
        change.rule(chain, new NftRule().establishedOrRelated().accept())
                .rule(chain, new NftRule().verdictByName(INPUT, WITHIN))
                .rule(chain, new NftRule().verdictByName(OUTPUT, TO))
                .rule(chain, new NftRule().verdictByName(INPUT, FROM));
    }

    /** Decides what takes another source address on its way out of the host or into a network. */
    void postrouting(String chain) {
        change.rule(chain, new NftRule().verdictByName(OUTPUT, LEAVE))
                .rule(chain, new NftRule().verdictByName(INPUT, MASQUERADE));
    }

    /** Adds a network's chains and leads to them. */
    void add(NetworkSpec network) {
        String bridge = network.bridge();
        within(network, "within-" + bridge);
        to(network, "to-" + bridge);
        from(network, "from-" + bridge);
        leave(network, "leave-" + bridge);
        masquerade(network, "masq-" + bridge);
        elements(network, true);
    }

    /** Takes a network's chains out. */
    void remove(NetworkSpec network) {
        String bridge = network.bridge();
        elements(network, false);
        for (String prefix : List.of("within-", "to-", "from-", "leave-", "masq-")) {
            change.deleteChain(prefix + bridge);
        }
    }

    private void elements(NetworkSpec network, boolean add) {
        String bridge = network.bridge();
        element(BRIDGES, NftElement.ofInterface(bridge), add);
        if (!network.interContainer()) {
            element(ISOLATED, NftElement.ofInterface(bridge), add);
        }
        element(WITHIN, NftElement.ofInterfaceAndBack(bridge, "within-" + bridge), add);
        element(TO, NftElement.ofInterface(bridge, "to-" + bridge), add);
        element(FROM, NftElement.ofInterface(bridge, "from-" + bridge), add);
        element(LEAVE, NftElement.ofInterfaceAndBack(bridge, "leave-" + bridge), add);
        element(MASQUERADE, NftElement.ofInterfaceAndBack(bridge, "masq-" + bridge), add);
    }

    private void element(String set, NftElement element, boolean add) {
        if (add) {
            change.addElements(set, List.of(element));
        } else {
            change.removeElements(set, List.of(element));
        }
    }

    /** From an internal network nothing leaves, ports that other networks publish included. */
    private void within(NetworkSpec network, String chain) {
        change.chain(chain);
        if (network.internal()) {
            change.rule(chain, new NftRule().nameIsNot(OUTPUT, network.bridge()).drop());
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
        for (String trusted : network.option(TRUSTED).split(":", -1)) {
            if (!trusted.isBlank()) {
                change.rule(chain, new NftRule().name(INPUT, trusted.strip()).accept());
            }
        }
        gateway(network, chain, false);
        gateway(network, chain, true);
        change.rule(chain, new NftRule().drop());
    }

    private void gateway(NetworkSpec network, String chain, boolean ipv6) {
        switch (network.gatewayMode(ipv6)) {
            case NAT, ISOLATED -> {}
            case NAT_UNPROTECTED -> change.rule(chain, family(ipv6).accept());
            case ROUTED ->
                change.rule(chain, family(ipv6).protocol(ipv6 ? ICMPV6 : ICMP).accept())
                        .rule(
                                chain,
                                family(ipv6)
                                        .loadDestination(ipv6)
                                        .loadProtocolAndPort(ipv6 ? 4 : 1)
                                        .inSet(routed(ipv6))
                                        .accept());
        }
    }

    private static NftRule family(boolean ipv6) {
        return ipv6 ? new NftRule().ipv6() : new NftRule().ipv4();
    }

    private void from(NetworkSpec network, String chain) {
        change.chain(chain).rule(chain, network.internal() ? new NftRule().drop() : new NftRule().accept());
    }

    private void leave(NetworkSpec network, String chain) {
        // From 127.0.0.1 a container could not answer.
        change.chain(chain)
                .rule(chain, new NftRule().source(LOOPBACK, LOOPBACK_PREFIX).masquerade());
        for (NetworkSpec.Pool pool : network.pools()) {
            Subnet subnet = Subnet.parse(pool.subnet());
            // A container that uses a published port of its own network: the answer must come back this way.
            change.rule(
                    chain,
                    new NftRule()
                            .destinationTranslated()
                            .source(subnet.network().getAddress(), subnet.prefixLength())
                            .masquerade());
        }
    }

    private void masquerade(NetworkSpec network, String chain) {
        change.chain(chain);
        for (NetworkSpec.Pool pool : network.pools()) {
            Subnet subnet = Subnet.parse(pool.subnet());
            GatewayMode mode = network.gatewayMode(subnet.ipv6());
            boolean translates = mode == GatewayMode.NAT || mode == GatewayMode.NAT_UNPROTECTED;
            if (network.masquerade() && !network.internal() && translates) {
                change.rule(
                        chain,
                        new NftRule()
                                .nameIsNot(OUTPUT, network.bridge())
                                .source(subnet.network().getAddress(), subnet.prefixLength())
                                .masquerade());
            }
        }
    }
}
