package dev.naru.network;

import static dev.naru.network.TestNetwork.fetch;
import static dev.naru.network.TestNetwork.port;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.NaruException;
import dev.naru.linux.Link;
import dev.naru.linux.Nftables;
import dev.naru.linux.Rtnetlink;
import dev.naru.network.EndpointSpec.PortRequest;
import java.net.Inet6Address;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BridgeNetworkTest {
    private static final String UNREACHABLE = "unreachable";

    @Test
    void givesLowestFreeAddresses() throws Exception {
        try (var network = new TestNetwork()) {
            var a = network.new Container();
            var b = network.new Container();
            assertThat(a.address()).endsWith(".7.2");
            assertThat(b.address()).endsWith(".7.3");
            assertThat(b.attachment.macAddress()).startsWith("02:42:0a:").endsWith(":07:03");
            a.detach();

            assertThat(network.new Container().address()).endsWith(".7.2");
        }
    }

    @Test
    void reachesAnAddressAgainAtOnceAfterItsLastContainerLeft() throws Exception {
        try (var network = new TestNetwork()) {
            var a = network.new Container();
            a.serve(80);
            assertThat(fetch(a.address(), 80)).isEqualTo(network.gateway());
            a.detach();
            var b = network.new Container();
            b.serve(80);

            assertThat(b.address()).isEqualTo(a.address());
            assertThat(fetch(b.address(), 80)).isEqualTo(network.gateway());
        }
    }

    @Test
    void connectsItsContainersWithEachOther() throws Exception {
        try (var network = new TestNetwork()) {
            var a = network.new Container();
            var b = network.new Container();
            b.serve(80);

            assertThat(fetch(a.sandbox.namespace(), b.address(), 80)).isEqualTo(a.address());
        }
    }

    @Test
    void keepsContainersApartWhenAskedButNotFromPublishedPorts() throws Exception {
        try (var network = new TestNetwork(false, false)) {
            var a = network.new Container();
            var b = network.new Container(port(80, "", 0, 0));
            b.serve(80);

            assertThat(fetch(a.sandbox.namespace(), b.address(), 80)).isEqualTo(UNREACHABLE);
            assertThat(fetch(b.address(), 80)).isEqualTo(network.gateway());
            assertThat(fetch(a.sandbox.namespace(), network.gateway(), b.hostPort()))
                    .isEqualTo(network.gateway());
        }
    }

    @Test
    void masqueradesWhatGoesOut() throws Exception {
        try (var network = new TestNetwork()) {
            var outside = network.new Outside();
            network.serve(outside.namespace, 80);
            var a = network.new Container();

            assertThat(fetch(a.sandbox.namespace(), outside.ownAddress, 80)).isEqualTo(outside.hostAddress);
        }
    }

    @Test
    void hasNoWayOutWhenInternal() throws Exception {
        try (var network = new TestNetwork(true, true)) {
            var outside = network.new Outside();
            network.serve(outside.namespace, 80);
            var a = network.new Container(port(80, "", 0, 0));
            var b = network.new Container();
            a.serve(80);

            assertThat(a.attachment.ports()).isEmpty();
            assertThat(a.attachment.gateway()).isEmpty();
            assertThat(fetch(a.sandbox.namespace(), outside.ownAddress, 80)).isEqualTo(UNREACHABLE);
            assertThat(fetch(outside.namespace, a.address(), 80)).isEqualTo(UNREACHABLE);
            assertThat(fetch(b.sandbox.namespace(), a.address(), 80)).isEqualTo(b.address());
        }
    }

    @Test
    void isApartFromTheInstancesOtherNetworks() throws Exception {
        try (var network = new TestNetwork()) {
            var second = network.another("10." + network.block + ".8.0/24");
            var a = network.new Container();
            var b = network.new Container(second, port(80, "", 0, 0));
            b.serve(80);

            assertThat(fetch(a.sandbox.namespace(), b.address(), 80)).isEqualTo(UNREACHABLE);
            assertThat(fetch(a.sandbox.namespace(), network.gateway(), b.hostPort()))
                    .isEqualTo("10." + network.block + ".8.1");
        }
    }

    @Test
    void connectsOneContainerToSeveralNetworks() throws Exception {
        try (var network = new TestNetwork()) {
            var second = network.another("10." + network.block + ".8.0/24");
            var a = network.new Container();
            Attachment more = network.driver.attach(second, TestNetwork.endpoint(), a.sandbox);
            var b = network.new Container(second);
            b.serve(80);

            assertThat(more.containerInterface()).isEqualTo("eth1");
            assertThat(fetch(a.sandbox.namespace(), b.address(), 80)).isEqualTo(more.address());
            network.driver.detach(second, more);
            assertThat(fetch(a.sandbox.namespace(), b.address(), 80)).isEqualTo(UNREACHABLE);
        }
    }

    @Test
    void takesTheAddressesAskedFor() throws Exception {
        try (var network = new TestNetwork()) {
            String wanted = "10." + network.block + ".7.77";
            try (var sandbox = network.sandboxes.take("c")) {
                var spec = new EndpointSpec("c", wanted, "", "02:00:00:00:00:77", List.of());
                Attachment attachment = network.driver.attach(network.spec, spec, sandbox);
                assertThat(attachment.address()).isEqualTo(wanted);
                assertThat(attachment.macAddress()).isEqualTo("02:00:00:00:00:77");
                assertThatThrownBy(() -> network.driver.attach(network.spec, spec, sandbox))
                        .hasMessageContaining("Address already in use");
                network.driver.detach(network.spec, attachment);
            }
        }
    }

    @Test
    void givesIpv6AddressesWhenItHasAPool() throws Exception {
        try (var network = new TestNetwork()) {
            var spec = network.anotherWithIpv6("10." + network.block + ".8.0/24", "fd00:" + network.block + "::/64");
            var a = network.new Container(spec);
            var b = network.new Container(spec, port(80, "", 0, 0));
            var taken = (Inet6Address) Subnet.literal(b.attachment.address6());
            assertThat(b.sandbox.namespace().rtnetlink().takes(taken)).isTrue();
            b.serve6(80);

            assertThat(a.attachment.address6()).isEqualTo("fd00:" + network.block + "::2");
            assertThat(fetch(a.sandbox.namespace(), b.attachment.address6(), 80))
                    .contains(":0:0:0:0:0:2");
            assertThat(fetch("fd00:" + network.block + "::1", b.hostPort())).isNotEqualTo(UNREACHABLE);
            assertThat(fetch("::1", b.hostPort())).isNotEqualTo(UNREACHABLE);
            assertThat(b.attachment.ports()).hasSize(2);
        }
    }

    @Test
    void refusesASubnetThatTheHostUses() throws Exception {
        try (var network = new TestNetwork();
                var relay = new RelayLab();
                var other = new BridgeDriver(network.bridge + "x", FirewallMode.DIRECT, relay.open())) {
            var overlapping = TestNetwork.spec(network.bridge + "x", "10." + network.block + ".0.0/16", true, false);
            assertThatThrownBy(() -> other.ensure(overlapping))
                    .isInstanceOf(NaruException.class)
                    .hasMessageContaining("overlaps the host's route to 10." + network.block + ".7.0/24");
        }
    }

    @Test
    void answersThroughoutTheEnginesDeathAndTakeover() throws Exception {
        try (var network = new TestNetwork()) {
            var web = network.new Container(port(80, "", 0, 0));
            var lost = network.new Container();
            web.serve(80);
            network.abandonDriver();
            assertThat(fetch("127.0.0.1", web.hostPort())).isEqualTo(network.gateway());

            network.driver.ensure(network.spec);
            assertThat(fetch("127.0.0.1", web.hostPort())).isEqualTo(network.gateway());
            network.driver.adopt(network.spec, web.attachment);
            network.driver.reconcile(List.of(web.attachment));

            assertThat(fetch("127.0.0.1", web.hostPort())).isEqualTo(network.gateway());
            assertThatThrownBy(() -> network.new Container(port(80, "", web.hostPort(), web.hostPort())))
                    .hasMessageContaining("port is already allocated");
            assertThat(network.new Container().address()).isEqualTo(lost.address());
            network.driver.flush();
            assertThat(network.hostInterfaces())
                    .contains(web.attachment.hostInterface())
                    .doesNotContain(lost.attachment.hostInterface());
        }
    }

    @Test
    void servesEightCallersAtOnce() throws Exception {
        try (var network = new TestNetwork();
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            var inUse = ConcurrentHashMap.<String>newKeySet();
            Callable<Boolean> caller = () -> {
                for (int i = 0; i < 10; i++) {
                    try (NetworkSandbox sandbox = network.sandboxes.take("c")) {
                        Attachment it =
                                network.driver.attach(network.spec, TestNetwork.endpoint(port(80, "", 0, 0)), sandbox);
                        assertThat(inUse.add(it.address())).isTrue();
                        inUse.remove(it.address());
                        network.driver.detach(network.spec, it);
                    }
                }
                return true;
            };
            for (var done : callers.invokeAll(
                    IntStream.range(0, 8).mapToObj(i -> caller).toList())) {
                assertThat(done.get()).isTrue();
            }
            assertThat(network.new Container().address()).endsWith(".7.2");
        }
    }

    @Test
    void livesBesideAnotherInstances() throws Exception {
        try (var network = new TestNetwork()) {
            var web = network.new Container(port(80, "", 0, 0));
            web.serve(80);
            try (var other = new TestNetwork()) {
                var theirs = other.new Container(port(80, "", 0, 0));
                theirs.serve(80);

                assertThat(theirs.hostPort()).isNotEqualTo(web.hostPort());
                assertThat(fetch("127.0.0.1", theirs.hostPort())).isEqualTo(other.gateway());
                assertThat(fetch(web.sandbox.namespace(), theirs.address(), 80)).isEqualTo(UNREACHABLE);
            }
            assertThat(fetch("127.0.0.1", web.hostPort())).isEqualTo(network.gateway());
        }
    }

    @Test
    void takesAnotherSubnetWhenConfiguredAnew() throws Exception {
        try (var network = new TestNetwork()) {
            var before = network.new Container();
            before.detach();
            network.abandonDriver();
            network.driver.ensure(TestNetwork.spec(network.bridge, "10." + network.block + ".8.0/24", true, false));

            try (var host = Rtnetlink.open()) {
                int index = host.link(network.bridge).orElseThrow().index();
                assertThat(host.addresses().stream()
                                .filter(address -> address.link() == index)
                                .map(address -> AddressText.of(address.address()))
                                .filter(address -> !address.startsWith("fe80")))
                        .containsExactly("10." + network.block + ".8.1");
            }
        }
    }

    @Test
    void usesABridgeThatIsThereAndLeavesIt() throws Exception {
        try (var network = new TestNetwork();
                var host = Rtnetlink.open()) {
            String name = network.bridge + "z";
            host.batch().bridge(name, 1500, "02:00:00:00:00:01").commit();
            try {
                NetworkSpec given = TestNetwork.spec(name, "10." + network.block + ".8.0/24", true, false);
                network.driver.ensure(given);
                try (NetworkSandbox sandbox = network.sandboxes.take("c")) {
                    Attachment attachment =
                            network.driver.attach(given, TestNetwork.endpoint(port(80, "", 0, 0)), sandbox);
                    network.driver.detach(given, attachment);
                }
                network.driver.remove(given);

                assertThat(host.link(name)).isPresent();
                assertThat(Sysctl.get("ipv4/conf/" + name + "/route_localnet")).isEqualTo("0");
            } finally {
                host.batch().delete(name).commit();
            }
        }
    }

    @Test
    void publishesByRelaysAloneWithoutAFirewall() throws Exception {
        try (var network = new TestNetwork();
                var nftables = Nftables.open()) {
            network.driver.remove(network.spec);
            network.driver.close();
            network.driver = network.driver(FirewallMode.OFF);
            network.driver.ensure(network.spec);
            var web = network.new Container(port(80, "", 0, 0));
            web.serve(80);

            assertThat(fetch("127.0.0.1", web.hostPort())).isEqualTo(network.gateway());
            assertThat(nftables.tables()).doesNotContain("naru-" + network.bridge);
            assertThat(Sysctl.get("ipv4/conf/" + network.bridge + "/route_localnet"))
                    .isEqualTo("0");
        }
    }

    @Test
    void makesItsTableAnewWhenSomebodyRemovedIt() throws Exception {
        try (var network = new TestNetwork()) {
            var first = network.new Container(port(80, "127.0.0.1", 0, 0));
            first.serve(80);
            try (var nftables = Nftables.open()) {
                nftables.transaction("naru-" + network.bridge).deleteTable().commit();
            }
            network.new Container(port(80, "127.0.0.1", 0, 0)).serve(80);

            assertThat(fetch("127.0.0.1", first.hostPort())).isEqualTo(network.gateway());
        }
    }

    @Test
    void refusesAMalformedHardwareAddress() throws Exception {
        try (var network = new TestNetwork();
                NetworkSandbox sandbox = network.sandboxes.take("c")) {
            var spec = new EndpointSpec("c", "", "", "02:zz", List.of());
            assertThatThrownBy(() -> network.driver.attach(network.spec, spec, sandbox))
                    .isInstanceOf(NaruException.class)
                    .hasMessage("invalid MAC address: 02:zz");
        }
    }

    @Test
    void leavesNothingWhenRemoved() throws Exception {
        String bridge;
        try (var network = new TestNetwork()) {
            bridge = network.bridge;
            network.new Container(port(80, "", 0, 0), new PortRequest(53, "udp", "", 0, 0));
        }
        try (var host = Rtnetlink.open();
                var nftables = Nftables.open()) {
            assertThat(host.links()).extracting(Link::name).doesNotContain(bridge);
            assertThat(nftables.tables()).doesNotContain("naru-" + bridge);
        }
    }

    @Test
    void countsWhatItsInterfacesCarry() throws Exception {
        try (var network = new TestNetwork()) {
            var a = network.new Container();
            a.serve(80);
            fetch(a.address(), 80);

            InterfaceStatistics eth0 = a.statistics().stream()
                    .filter(each -> each.name().equals("eth0"))
                    .findFirst()
                    .orElseThrow();
            assertThat(eth0.rxPackets()).isPositive();
            assertThat(eth0.txBytes()).isPositive();
            assertThat(Map.of("errors", eth0.rxErrors())).containsEntry("errors", 0L);
        }
    }
}
