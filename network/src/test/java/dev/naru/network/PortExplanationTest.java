package dev.naru.network;

import static dev.naru.network.TestNetwork.fetch;
import static dev.naru.network.TestNetwork.port;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.network.PortCaller.Reaches;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is explained is what happens. */
class PortExplanationTest {
    private static PortCaller others(TestNetwork network, TestNetwork.Container web) {
        return callers(network, web).getLast();
    }

    private static List<PortCaller> callers(TestNetwork network, TestNetwork.Container web) {
        return requireNonNull(network.driver
                .explain(network.spec, web.attachment)
                .get(web.attachment.ports().getFirst()));
    }

    @Test
    void namesTheOwnersRule() throws Exception {
        try (var network = new TestNetwork()) {
            network.closing(() -> Nft.run("flush table inet " + network.table()));
            var outside = network.new Outside();
            var web = network.new Container(port(80, "", 0, 0));
            web.serve(80);
            Nft.run("add rule inet " + network.table() + " naru-user meta l4proto tcp ct original proto-dst "
                    + web.hostPort() + " drop");

            assertThat(others(network, web).reaches()).isEqualTo(Reaches.NO);
            assertThat(others(network, web).rules().getFirst())
                    .contains("naru-user", "ct original proto-dst " + web.hostPort(), "drop");
            assertThat(fetch(outside.namespace, outside.hostAddress, web.hostPort()))
                    .isEqualTo("unreachable");
        }
    }

    @Test
    void namesWhatDependsOnTheCallersAddress() throws Exception {
        try (var network = new TestNetwork()) {
            network.closing(() -> Nft.run("flush table inet " + network.table()));
            var web = network.new Container(port(80, "", 0, 0));
            Nft.run("add rule inet " + network.table() + " naru-user ip saddr != 10.1.2.3 drop");

            assertThat(others(network, web).reaches()).isEqualTo(Reaches.DEPENDS);
            assertThat(others(network, web).rules().getFirst()).contains("ip saddr != 10.1.2.3 drop");
        }
    }

    @Test
    void closesLoopbackPortsToAllButThisHost() throws Exception {
        try (var network = new TestNetwork()) {
            network.closing(() -> Nft.run("flush table inet " + network.table()));
            var web = network.new Container(port(80, "127.0.0.1", 0, 0));

            assertThat(callers(network, web))
                    .extracting(PortCaller::reaches)
                    .containsExactly(Reaches.YES, Reaches.NO, Reaches.NO, Reaches.NO);
        }
    }

    @Test
    void readsTheHostsInputPolicy() throws Exception {
        try (var network = new TestNetwork(FirewallMode.HOST)) {
            var web = network.new Container(port(80, "", 0, 0));
            String table = "inet admin-" + network.bridge;
            Nft.run("add table " + table + "\nadd chain " + table
                    + " input { type filter hook input priority 0; policy accept; }\nadd rule " + table
                    + " input tcp dport " + web.hostPort() + " drop");
            network.closing(() -> Nft.run("delete table " + table));

            assertThat(others(network, web).reaches()).isEqualTo(Reaches.NO);
            assertThat(others(network, web).rules().getFirst())
                    .isEqualTo(table + " input: meta l4proto 0x06 tcp dport " + web.hostPort() + " drop");
        }
    }

    @Test
    void routedPortsAreReachedAtTheContainersAddressAndHoldNothingOfTheHost() throws Exception {
        try (var network = new TestNetwork()) {
            network.closing(() -> Nft.run("flush table inet " + network.table()));
            NetworkSpec routed = network.another(new NetworkSpec(
                    "routed-of-" + network.bridge,
                    "routed",
                    "bridge",
                    network.bridge + "r",
                    List.of(new NetworkSpec.Pool("10." + network.block + ".8.0/24", "", "")),
                    1500,
                    false,
                    true,
                    true,
                    Map.of("com.docker.network.bridge.gateway_mode_ipv4", "routed")));
            var outside = network.new Outside();
            var neighbour = network.new Container();
            int free = TestNetwork.freePorts(1);
            var web = network.new Container(routed, port(80, "0.0.0.0", free, free));
            web.serve(80);
            web.serve(81);

            assertThat(web.attachment.ports()).containsExactly(new Attachment.PublishedPort(80, "tcp", "0.0.0.0", 0));
            try (var program = new ServerSocket(free)) {
                assertThat(program.isBound()).isTrue();
            }
            List<PortCaller> callers = requireNonNull(network.driver
                    .explain(routed, web.attachment)
                    .get(web.attachment.ports().getFirst()));
            assertThat(callers).extracting(PortCaller::reaches).containsOnly(Reaches.YES);
            assertThat(callers.getLast().rules().getLast()).contains("@routed-ports", web.address());
            assertThat(fetch(outside.namespace, web.address(), 80)).isEqualTo(outside.ownAddress);
            assertThat(fetch(neighbour.sandbox.namespace(), web.address(), 80)).isNotEqualTo("unreachable");
            assertThat(fetch(outside.namespace, web.address(), 81)).isEqualTo("unreachable");
        }
    }

    @Test
    void loopbackPortsAreRefusedToOthersInFact() throws Exception {
        try (var network = new TestNetwork()) {
            network.closing(() -> Nft.run("flush table inet " + network.table()));
            var outside = network.new Outside();
            var neighbour = network.new Container();
            var web = network.new Container(port(80, "127.0.0.1", 0, 0));
            web.serve(80);

            assertThat(fetch("127.0.0.1", web.hostPort())).isNotEqualTo("unreachable");
            assertThat(fetch(outside.namespace, outside.hostAddress, web.hostPort()))
                    .isEqualTo("unreachable");
            assertThat(fetch(neighbour.sandbox.namespace(), network.gateway(), web.hostPort()))
                    .isEqualTo("unreachable");
        }
    }

    @Test
    void theOwnersDropIsWhatHappensToEachCallerItIsSaidOf() throws Exception {
        try (var network = new TestNetwork()) {
            network.closing(() -> Nft.run("flush table inet " + network.table()));
            var outside = network.new Outside();
            NetworkSpec other = network.another("10." + network.block + ".8.0/24");
            var stranger = network.new Container(other);
            var web = network.new Container(port(80, "", 0, 0));
            web.serve(80);
            Nft.run("add rule inet " + network.table() + " naru-user iifname \"" + other.bridge() + "\" drop");

            assertThat(others(network, web).reaches()).isEqualTo(Reaches.DEPENDS);
            assertThat(others(network, web).rules().getFirst()).contains("iifname \"" + other.bridge() + "\" drop");
            assertThat(fetch(outside.namespace, outside.hostAddress, web.hostPort()))
                    .isEqualTo(outside.ownAddress);
            assertThat(fetch(stranger.sandbox.namespace(), network.gateway(), web.hostPort()))
                    .isEqualTo("unreachable");
        }
    }

    @Test
    void aDropPolicyOfTheHostIsNamedAndHolds() throws Exception {
        try (var network = new TestNetwork(FirewallMode.HOST)) {
            var outside = network.new Outside();
            var web = network.new Container(port(80, "", 0, 0));
            web.serve(80);
            // A policy of drop would hold for everything on this host: what decides is the last rule instead.
            String table = "inet admin-" + network.bridge;
            Nft.run("add table " + table + "\nadd chain " + table
                    + " input { type filter hook input priority 0; policy accept; }\nadd rule " + table
                    + " input iifname \"" + network.bridge + "-o\" tcp dport " + (web.hostPort() + 1) + " accept"
                    + "\nadd rule " + table + " input iifname \"" + network.bridge + "-o\" tcp dport "
                    + web.hostPort() + " reject");
            network.closing(() -> Nft.run("delete table " + table));

            assertThat(others(network, web).reaches()).isEqualTo(Reaches.DEPENDS);
            assertThat(others(network, web).rules().getFirst()).startsWith(table + " input: iifname");
            assertThat(fetch(outside.namespace, outside.hostAddress, web.hostPort()))
                    .isEqualTo("unreachable");
        }
    }
}
