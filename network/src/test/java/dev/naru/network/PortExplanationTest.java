package dev.naru.network;

import static dev.naru.network.TestNetwork.fetch;
import static dev.naru.network.TestNetwork.port;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.network.PortCaller.Reaches;
import java.util.List;
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
}
