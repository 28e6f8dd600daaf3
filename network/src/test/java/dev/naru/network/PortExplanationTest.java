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
                    .isEqualTo(table + " input: tcp dport " + web.hostPort() + " drop");
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

    @Test
    void whatSetsHoldDecides() throws Exception {
        try (var network = new TestNetwork()) {
            network.closing(() -> Nft.run("flush table inet " + network.table()));
            var outside = network.new Outside();
            var web = network.new Container(port(80, "", 0, 0));
            web.serve(80);
            String user = "inet " + network.table() + " ";
            Nft.run("add set " + user + "naru-user-closed { type inet_service; elements = { " + (web.hostPort() + 1)
                    + ", " + (web.hostPort() + 2) + " }; }\nadd rule " + user
                    + "naru-user meta l4proto tcp ct original proto-dst @naru-user-closed drop");
            assertThat(others(network, web).reaches()).isEqualTo(Reaches.YES);
            assertThat(fetch(outside.namespace, outside.hostAddress, web.hostPort()))
                    .isEqualTo(outside.ownAddress);

            Nft.run("add element " + user + "naru-user-closed { " + web.hostPort() + " }");
            assertThat(others(network, web).reaches()).isEqualTo(Reaches.NO);
            assertThat(others(network, web).rules().getFirst())
                    .contains("ct original proto-dst @naru-user-closed { " + web.hostPort() + ", ", " drop");
            assertThat(fetch(outside.namespace, outside.hostAddress, web.hostPort()))
                    .isEqualTo("unreachable");
        }
    }

    @Test
    void intervalsAndMapsOfVerdictsAreRead() throws Exception {
        try (var network = new TestNetwork()) {
            network.closing(() -> Nft.run("flush table inet " + network.table()));
            var web = network.new Container(port(80, "", 0, 0));
            int port = web.hostPort();
            String rule = "add rule inet " + network.table() + " naru-user meta l4proto tcp ct original proto-dst ";
            Nft.run(rule + "{ " + (port + 1) + "-65535 } drop");
            assertThat(others(network, web).reaches()).isEqualTo(Reaches.YES);
            Nft.run(rule + "vmap { " + (port + 1) + " : drop, " + port + " : accept }");
            assertThat(others(network, web).rules().getFirst()).contains(" vmap { " + port + " : accept, ");

            Nft.run("flush chain inet " + network.table() + " naru-user");
            Nft.run("add rule inet " + network.table() + " naru-user ip saddr { 10.1.0.0/16, 10.3.0.7 } drop");
            assertThat(others(network, web).reaches()).isEqualTo(Reaches.DEPENDS);
            assertThat(others(network, web).rules().getFirst())
                    .contains("ip saddr { 10.1.0.0-10.1.255.255, 10.3.0.7 } drop");
            Nft.run(rule + "{ " + (port - 1) + "-" + (port + 1) + " } drop");
            assertThat(others(network, web).reaches()).isEqualTo(Reaches.NO);

            Nft.run("flush chain inet " + network.table() + " naru-user");
            Nft.run("add rule inet " + network.table() + " naru-user ip daddr . tcp dport { " + web.address()
                    + " . 80 } drop");
            assertThat(others(network, web).reaches()).isEqualTo(Reaches.NO);
            assertThat(others(network, web).rules().getFirst())
                    .contains("ip daddr . tcp dport { " + web.address() + " . 80 } drop");
        }
    }

    @Test
    void thisHostsOutputIsAsked() throws Exception {
        try (var network = new TestNetwork()) {
            var web = network.new Container(port(80, "", 0, 0));
            web.serve(80);
            String table = "inet admin-" + network.bridge;
            Nft.run("add table " + table + "\nadd chain " + table
                    + " output { type filter hook output priority 0; policy accept; }\nadd rule " + table
                    + " output ip daddr " + web.address() + " tcp dport 80 reject");
            network.closing(() -> Nft.run("delete table " + table));

            PortCaller here = callers(network, web).getFirst();
            assertThat(here.reaches()).isEqualTo(Reaches.NO);
            assertThat(here.rules())
                    .containsExactly(table + " output: ip daddr " + web.address() + " tcp dport 80 reject");
            assertThat(fetch("127.0.0.1", web.hostPort())).isEqualTo("unreachable");
            assertThat(others(network, web).reaches()).isEqualTo(Reaches.YES);
        }
    }

    @Test
    void relayedPortsPassTheHostsInputAndThenItsOutput() throws Exception {
        try (var network = new TestNetwork()) {
            var web = network.new Container(port(80, "::1", 0, 0));
            web.serve(80);
            assertThat(callers(network, web).getFirst().reaches()).isEqualTo(Reaches.YES);
            assertThat(callers(network, web).getFirst().rules().getLast())
                    .isEqualTo("carried by naru-relay to " + web.address() + ":80");
            assertThat(fetch("::1", web.hostPort())).isEqualTo(network.gateway());

            String table = "inet admin-" + network.bridge;
            Nft.run("add table " + table + "\nadd chain " + table
                    + " input { type filter hook input priority 0; policy accept; }\nadd rule " + table
                    + " input ip6 daddr ::1 tcp dport " + web.hostPort() + " reject");
            network.closing(() -> Nft.run("delete table " + table));
            assertThat(callers(network, web).getFirst().reaches()).isEqualTo(Reaches.NO);
            assertThat(fetch("::1", web.hostPort())).isEqualTo("unreachable");
        }
    }

    @Test
    void theOwnersChainHoldsForNeighboursThatAreRelayed() throws Exception {
        try (var network = new TestNetwork(false, false)) {
            network.closing(() -> Nft.run("flush table inet " + network.table()));
            var web = network.new Container(port(80, "", 0, 0));
            var neighbour = network.new Container();
            web.serve(80);
            assertThat(callers(network, web).get(1).reaches()).isEqualTo(Reaches.YES);
            assertThat(fetch(neighbour.sandbox.namespace(), network.gateway(), web.hostPort()))
                    .isEqualTo(network.gateway());

            Nft.run("add rule inet " + network.table() + " naru-user iifname \"" + network.bridge
                    + "\" meta l4proto tcp ct original proto-dst " + web.hostPort() + " drop");
            assertThat(callers(network, web).get(1).reaches()).isEqualTo(Reaches.NO);
            assertThat(fetch(neighbour.sandbox.namespace(), network.gateway(), web.hostPort()))
                    .isEqualTo("unreachable");
        }
    }
}
