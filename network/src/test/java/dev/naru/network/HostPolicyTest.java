package dev.naru.network;

import static dev.naru.network.TestNetwork.fetch;
import static dev.naru.network.TestNetwork.port;
import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.network.EndpointSpec.PortRequest;
import org.junit.jupiter.api.Test;

/** Mode {@code HOST}: the host's own input rules decide about ports published on all addresses. */
class HostPolicyTest {
    private static final String UNREACHABLE = "unreachable";

    /** An administrator's table that only speaks of one other host. */
    private static void policy(TestNetwork network, TestNetwork.Outside outside, String rule) throws Exception {
        Nft.run("add table inet admin-" + network.bridge + "\n"
                + "add chain inet admin-" + network.bridge
                + " input { type filter hook input priority 0; policy accept; }\n"
                + "add rule inet admin-" + network.bridge + " input ip saddr " + outside.ownAddress + " " + rule);
        network.closing(() -> Nft.run("delete table inet admin-" + network.bridge));
    }

    @Test
    void closesPortsOnAllAddresses() throws Exception {
        try (var network = new TestNetwork(FirewallMode.HOST)) {
            var outside = network.new Outside();
            var web = network.new Container(port(80, "", 0, 0), port(80, "", 0, 0));
            web.serve(80);
            int open = web.attachment.ports().getLast().hostPort();
            policy(network, outside, "tcp dport != " + open + " drop");

            assertThat(fetch(outside.namespace, outside.hostAddress, web.hostPort()))
                    .isEqualTo(UNREACHABLE);
            assertThat(fetch(outside.namespace, outside.hostAddress, open)).isEqualTo(outside.ownAddress);
            assertThat(fetch("127.0.0.1", web.hostPort())).isEqualTo(network.gateway());
        }
    }

    @Test
    void leavesPortsOnOneAddressAlone() throws Exception {
        try (var network = new TestNetwork(FirewallMode.HOST)) {
            var outside = network.new Outside();
            var web = network.new Container(port(80, outside.hostAddress, 0, 0));
            web.serve(80);
            policy(network, outside, "drop");

            assertThat(fetch(outside.namespace, outside.hostAddress, web.hostPort()))
                    .isEqualTo(outside.ownAddress);
        }
    }

    @Test
    void carriesDatagrams() throws Exception {
        try (var network = new TestNetwork(FirewallMode.HOST)) {
            var outside = network.new Outside();
            var dns = network.new Container(new PortRequest(53, "udp", "", 0, 0));
            network.serveUdp(dns, 53);

            try (var client = new TestNetwork.UdpClient(outside.namespace)) {
                assertThat(client.ask(outside.hostAddress, dns.hostPort())).isEqualTo("ping");
                assertThat(client.ask(outside.hostAddress, dns.hostPort())).isEqualTo("ping");
            }
            policy(network, outside, "udp dport " + dns.hostPort() + " drop");
            try (var client = new TestNetwork.UdpClient(outside.namespace)) {
                assertThat(client.ask(outside.hostAddress, dns.hostPort())).isEqualTo(UNREACHABLE);
            }
        }
    }

    @Test
    void decidesWhileTheEngineIsDown() throws Exception {
        try (var network = new TestNetwork(FirewallMode.HOST)) {
            var outside = network.new Outside();
            var web = network.new Container(port(80, "", 0, 0));
            web.serve(80);
            network.abandonDriver();

            assertThat(fetch(outside.namespace, outside.hostAddress, web.hostPort()))
                    .isEqualTo(outside.ownAddress);
            policy(network, outside, "drop");
            assertThat(fetch(outside.namespace, outside.hostAddress, web.hostPort()))
                    .isEqualTo(UNREACHABLE);
            network.driver.ensure(network.spec);
        }
    }
}
