package dev.naru.network;

import static dev.naru.network.TestNetwork.fetch;
import static dev.naru.network.TestNetwork.port;
import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.network.EndpointSpec.PortRequest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who reaches whom, and who must not: two networks, this host, another host; IPv4 and IPv6, TCP and UDP. */
class ReachabilityTest {
    private static final String NO = "unreachable";
    private static final String MODE = "com.docker.network.bridge.gateway_mode_ipv4";

    private static NetworkSpec network(TestNetwork lab, String suffix, boolean internal, Map<String, String> options) {
        int third = 20 + suffix.charAt(0) - 'a';
        String bridge = lab.bridge + suffix;
        String forwarding = "ipv6/conf/all/forwarding";
        String before = Sysctl.get(forwarding);
        lab.closing(() -> Sysctl.set(forwarding, before));
        return lab.another(new NetworkSpec(
                "id-of-" + bridge,
                bridge,
                "bridge",
                bridge,
                List.of(
                        new NetworkSpec.Pool("10." + lab.block + "." + third + ".0/24", "", ""),
                        new NetworkSpec.Pool("fd00:" + lab.block + ":" + third + "::/64", "", "")),
                1500,
                internal,
                true,
                true,
                options));
    }

    private static String udp(TestNetwork.Container from, String address) throws IOException {
        try (var client = new TestNetwork.UdpClient(from.sandbox.namespace())) {
            return client.ask(address, 90);
        }
    }

    private static TestNetwork.Container serving(TestNetwork lab, NetworkSpec network, PortRequest... ports)
            throws IOException {
        var container = lab.new Container(network, ports);
        container.serve(80);
        container.serve6(81);
        lab.serveUdp(container, 90);
        return container;
    }

    @Test
    void containersReachThoseOfTheirNetworkAndNoOthers() throws Exception {
        try (var lab = new TestNetwork()) {
            NetworkSpec one = network(lab, "d", false, Map.of());
            NetworkSpec two = network(lab, "e", false, Map.of());
            var server = serving(lab, one);
            var near = lab.new Container(one);
            var far = lab.new Container(two);

            assertThat(fetch(near.sandbox.namespace(), server.address(), 80)).isEqualTo(near.address());
            assertThat(fetch(near.sandbox.namespace(), server.attachment.address6(), 81))
                    .isNotEqualTo(NO);
            assertThat(udp(near, server.address())).isEqualTo("ping");
            assertThat(fetch(far.sandbox.namespace(), server.address(), 80)).isEqualTo(NO);
            assertThat(fetch(far.sandbox.namespace(), server.attachment.address6(), 81))
                    .isEqualTo(NO);
            assertThat(udp(far, server.address())).isEqualTo(NO);
            assertThat(fetch(server.address(), 80)).isNotEqualTo(NO);
        }
    }

    @Test
    void aNetworksRulesComeAndGoWithoutHarmToOthers() throws Exception {
        try (var lab = new TestNetwork()) {
            NetworkSpec one = network(lab, "d", false, Map.of());
            var server = serving(lab, one, port(80, "", 0, 0));
            var other = lab.new Container();
            for (int i = 0; i < 3; i++) {
                NetworkSpec passing = network(lab, "f", false, Map.of());
                assertThat(fetch(other.sandbox.namespace(), server.address(), 80))
                        .isEqualTo(NO);
                lab.driver.remove(passing);
            }
            assertThat(fetch(other.sandbox.namespace(), lab.gateway(), server.hostPort()))
                    .isNotEqualTo(NO);
        }
    }

    @Test
    void internalNetworksReachNobodyOutsideEvenByOthersPorts() throws Exception {
        try (var lab = new TestNetwork()) {
            NetworkSpec inside = network(lab, "d", true, Map.of());
            var published = lab.new Container(port(80, "", 0, 0));
            published.serve(80);
            var server = serving(lab, inside);
            var near = lab.new Container(inside);
            String bridge = "10." + lab.block + ".23.1";

            assertThat(fetch(near.sandbox.namespace(), server.address(), 80)).isEqualTo(near.address());
            assertThat(udp(near, server.address())).isEqualTo("ping");
            assertThat(fetch(near.sandbox.namespace(), bridge, published.hostPort()))
                    .isEqualTo(NO);
            assertThat(fetch(published.sandbox.namespace(), server.address(), 80))
                    .isEqualTo(NO);
        }
    }

    @Test
    void otherHostsReachByRoutingWhatTheGatewayModeSays() throws Exception {
        try (var lab = new TestNetwork()) {
            var outside = lab.new Outside();
            var nat = serving(lab, network(lab, "d", false, Map.of(MODE, "nat")), port(80, "", 0, 0));
            var open = serving(lab, network(lab, "e", false, Map.of(MODE, "nat-unprotected")));
            var routed = serving(lab, network(lab, "f", false, Map.of(MODE, "routed")), port(80, "", 0, 0));
            routed.serve(82);
            lab.serve(outside.namespace, 80);

            assertThat(fetch(outside.namespace, nat.address(), 80)).isEqualTo(NO);
            assertThat(fetch(outside.namespace, outside.hostAddress, nat.hostPort()))
                    .isEqualTo(outside.ownAddress);
            assertThat(fetch(outside.namespace, open.address(), 80)).isEqualTo(outside.ownAddress);
            assertThat(fetch(outside.namespace, routed.address(), 80)).isEqualTo(outside.ownAddress);
            assertThat(fetch(outside.namespace, routed.address(), 82)).isEqualTo(NO);
            assertThat(fetch(routed.sandbox.namespace(), outside.ownAddress, 80))
                    .isEqualTo(routed.address());
            assertThat(fetch(nat.sandbox.namespace(), outside.ownAddress, 80)).isEqualTo(outside.hostAddress);
        }
    }

    @Test
    void isolatedNetworksHaveNoAddressOfTheHost() throws Exception {
        try (var lab = new TestNetwork()) {
            NetworkSpec isolated = network(
                    lab,
                    "d",
                    true,
                    Map.of(MODE, "isolated", "com.docker.network.bridge.gateway_mode_ipv6", "isolated"));
            var server = serving(lab, isolated);
            var near = lab.new Container(isolated);

            assertThat(fetch(near.sandbox.namespace(), server.address(), 80)).isEqualTo(near.address());
            assertThat(fetch(server.address(), 80)).isEqualTo(NO);
        }
    }
}
