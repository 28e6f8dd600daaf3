package dev.naru.network;

import static dev.naru.network.TestNetwork.fetch;
import static dev.naru.network.TestNetwork.port;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The chain that the host's owner fills with nft. */
class OwnerChainTest {
    private static final String UNREACHABLE = "unreachable";

    @Test
    void decidesBeforeOurRules() throws Exception {
        try (var network = new TestNetwork()) {
            network.closing(() -> Nft.run("flush table inet " + network.table()));
            var outside = network.new Outside();
            var web = network.new Container(port(80, "", 0, 0), port(80, "", 0, 0));
            web.serve(80);
            int closed = web.attachment.ports().getLast().hostPort();

            Nft.run("add rule inet " + network.table() + " naru-user meta l4proto tcp ct original proto-dst " + closed
                    + " ip saddr " + outside.ownAddress + " drop");
            assertThat(fetch(outside.namespace, outside.hostAddress, web.hostPort()))
                    .isEqualTo(outside.ownAddress);
            assertThat(fetch(outside.namespace, outside.hostAddress, closed)).isEqualTo(UNREACHABLE);
            assertThat(fetch("127.0.0.1", closed)).isEqualTo(network.gateway());
        }
    }

    @Test
    void opensNothingThatIsNotPublished() throws Exception {
        try (var network = new TestNetwork()) {
            network.closing(() -> Nft.run("flush table inet " + network.table()));
            var outside = network.new Outside();
            var web = network.new Container(port(80, "", 0, 0));
            web.serve(80);
            Nft.run("add rule inet " + network.table() + " naru-user accept");

            assertThat(fetch(outside.namespace, web.address(), 80)).isEqualTo(UNREACHABLE);
            assertThat(fetch(outside.namespace, outside.hostAddress, web.hostPort()))
                    .isEqualTo(outside.ownAddress);
        }
    }

    @Test
    void keepsItsRulesAndSetsWhenTheTableIsReplaced() throws Exception {
        try (var network = new TestNetwork()) {
            network.closing(() -> Nft.run("flush table inet " + network.table()));
            var outside = network.new Outside();
            String table = "inet " + network.table();
            Nft.run("add set " + table + " naru-user-closed { type ipv4_addr; }\n"
                    + "add element " + table + " naru-user-closed { " + outside.ownAddress + " }\n"
                    + "add chain " + table + " naru-user-more\n"
                    + "add rule " + table + " naru-user-more drop\n"
                    + "add rule " + table + " naru-user ip saddr @naru-user-closed counter jump naru-user-more");
            network.another("10." + network.block + ".8.0/24");
            network.abandonDriver();
            network.driver.ensure(network.spec);
            var web = network.new Container(port(80, "", 0, 0));
            web.serve(80);

            assertThat(fetch(outside.namespace, outside.hostAddress, web.hostPort()))
                    .isEqualTo(UNREACHABLE);
            assertThat(Nft.run("list chain " + table + " naru-user")).contains("@naru-user-closed counter packets");
            Nft.run("flush chain " + table + " naru-user");
            assertThat(fetch(outside.namespace, outside.hostAddress, web.hostPort()))
                    .isEqualTo(outside.ownAddress);
        }
    }

    @Test
    void staysWhenTheLastNetworkGoes() throws Exception {
        String table;
        try (var network = new TestNetwork()) {
            table = "inet " + network.table();
            Nft.run("add rule " + table + " naru-user counter");
        }
        assertThat(Nft.run("list table " + table)).contains("naru-user").doesNotContain("hook");
        Nft.run("delete table " + table);
    }
}
