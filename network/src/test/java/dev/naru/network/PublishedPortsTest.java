package dev.naru.network;

import static dev.naru.network.TestNetwork.fetch;
import static dev.naru.network.TestNetwork.fetchUdp;
import static dev.naru.network.TestNetwork.port;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.network.EndpointSpec.PortRequest;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class PublishedPortsTest {
    private static final String UNREACHABLE = "unreachable";

    @Test
    void answerTheHostOnEveryAddress() throws Exception {
        try (var network = new TestNetwork()) {
            var web = network.new Container(port(80, "", 0, 0));
            web.serve(80);

            assertThat(fetch("127.0.0.1", web.hostPort())).isEqualTo(network.gateway());
            assertThat(fetch(network.gateway(), web.hostPort())).isEqualTo(network.gateway());
            assertThat(fetch(web.address(), 80)).isEqualTo(network.gateway());
            assertThat(fetch("::1", web.hostPort())).isEqualTo(network.gateway());
        }
    }

    @Test
    void answerOtherHostsAndShowTheirAddress() throws Exception {
        try (var network = new TestNetwork()) {
            var outside = network.new Outside();
            var web = network.new Container(port(80, "", 0, 0));
            web.serve(80);

            assertThat(fetch(outside.namespace, outside.hostAddress, web.hostPort()))
                    .isEqualTo(outside.ownAddress);
        }
    }

    @Test
    void areTheOnlyWayInFromOutside() throws Exception {
        try (var network = new TestNetwork()) {
            var outside = network.new Outside();
            var web = network.new Container(port(80, "", 0, 0));
            web.serve(80);
            web.serve(81);

            assertThat(fetch(outside.namespace, web.address(), 80)).isEqualTo(UNREACHABLE);
            assertThat(fetch(outside.namespace, web.address(), 81)).isEqualTo(UNREACHABLE);
        }
    }

    @Test
    void onLoopbackAreForThisHostAlone() throws Exception {
        try (var network = new TestNetwork()) {
            var outside = network.new Outside();
            var web = network.new Container(port(80, "127.0.0.1", 0, 0));
            var other = network.new Container();
            web.serve(80);

            assertThat(fetch("127.0.0.1", web.hostPort())).isEqualTo(network.gateway());
            assertThat(fetch(network.gateway(), web.hostPort())).isEqualTo(UNREACHABLE);
            assertThat(fetch(outside.namespace, outside.hostAddress, web.hostPort()))
                    .isEqualTo(UNREACHABLE);
            assertThat(fetch(other.sandbox.namespace(), network.gateway(), web.hostPort()))
                    .isEqualTo(UNREACHABLE);
        }
    }

    @Test
    void doNotOpenTheHostsLoopbackToContainers() throws Exception {
        try (var network = new TestNetwork();
                var hostService = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            var web = network.new Container(port(80, "", 0, 0));
            web.sendLoopbackOut();

            hostService.setSoTimeout(1);
            assertThat(fetch(web.sandbox.namespace(), "127.0.0.1", hostService.getLocalPort()))
                    .isEqualTo(UNREACHABLE);
            assertThatThrownBy(hostService::accept).isInstanceOf(java.net.SocketTimeoutException.class);
        }
    }

    @Test
    void onOneAddressAnswerThereOnly() throws Exception {
        try (var network = new TestNetwork()) {
            var outside = network.new Outside();
            var web = network.new Container(port(80, outside.hostAddress, 0, 0));
            web.serve(80);

            assertThat(fetch(outside.namespace, outside.hostAddress, web.hostPort()))
                    .isEqualTo(outside.ownAddress);
            assertThat(fetch("127.0.0.1", web.hostPort())).isEqualTo(UNREACHABLE);
        }
    }

    @Test
    void reachTheContainerItselfAndItsNeighboursByTheHostsAddress() throws Exception {
        try (var network = new TestNetwork()) {
            var web = network.new Container(port(80, "", 0, 0));
            var neighbour = network.new Container();
            web.serve(80);

            assertThat(fetch(web.sandbox.namespace(), network.gateway(), web.hostPort()))
                    .isEqualTo(network.gateway());
            assertThat(fetch(neighbour.sandbox.namespace(), network.gateway(), web.hostPort()))
                    .isEqualTo(network.gateway());
        }
    }

    @Test
    void carryDatagrams() throws Exception {
        try (var network = new TestNetwork()) {
            var dns = network.new Container(new PortRequest(53, "udp", "", 0, 0));
            network.serveUdp(dns, 53);

            assertThat(fetchUdp("127.0.0.1", dns.hostPort())).isEqualTo("ping");
            assertThat(fetchUdp(network.gateway(), dns.hostPort())).isEqualTo("ping");
        }
    }

    @Test
    void reachTheNextContainerThatTakesAPortWithoutWaitingForOldDatagrams() throws Exception {
        try (var network = new TestNetwork()) {
            var first = network.new Container(new PortRequest(53, "udp", "", 0, 0));
            network.serveUdp(first, 53);
            int port = first.hostPort();
            try (var client = new TestNetwork.UdpClient()) {
                assertThat(client.ask("127.0.0.1", port)).isEqualTo("ping");
                first.detach();
                network.new Container();
                var second = network.new Container(new PortRequest(53, "udp", "", port, port));
                network.serveUdp(second, 53);

                assertThat(client.ask("127.0.0.1", port)).isEqualTo("ping");
            }
        }
    }

    @Test
    void takeTheFirstFreeOfARange() throws Exception {
        try (var network = new TestNetwork()) {
            int from = TestNetwork.freePorts(3);
            var a = network.new Container(port(80, "", from, from + 2));
            var b = network.new Container(port(80, "", from, from + 2));
            try (var taken = new ServerSocket(from + 2)) {
                assertThat(taken.isBound()).isTrue();
                assertThat(a.hostPort()).isEqualTo(from);
                assertThat(b.hostPort()).isEqualTo(from + 1);
                assertThatThrownBy(() -> network.new Container(port(80, "", from, from + 2)))
                        .isInstanceOf(NaruException.class);
            }
        }
    }

    @Test
    void ofAnotherContainerAreRefused() throws Exception {
        try (var network = new TestNetwork()) {
            var web = network.new Container(port(80, "0.0.0.0", 0, 0));

            assertThatThrownBy(() -> network.new Container(port(80, "", web.hostPort(), web.hostPort())))
                    .hasMessage("Bind for 0.0.0.0:" + web.hostPort() + " failed: port is already allocated")
                    .asInstanceOf(InstanceOfAssertFactories.type(NaruException.class))
                    .extracting(NaruException::kind)
                    .isEqualTo(ErrorKind.CONFLICT);
            assertThatThrownBy(() -> network.new Container(port(80, "127.0.0.1", web.hostPort(), web.hostPort())))
                    .hasMessage("Bind for 127.0.0.1:" + web.hostPort() + " failed: port is already allocated");
        }
    }

    @Test
    void ofAnotherProgramAreRefusedAndLeaveNothingTaken() throws Exception {
        try (var network = new TestNetwork();
                var program = new ServerSocket(0, 1, InetAddress.ofLiteral("0.0.0.0"))) {
            int port = program.getLocalPort();
            assertThatThrownBy(() -> network.new Container(port(80, "", port, port)))
                    .hasMessage("failed to bind host port for 0.0.0.0:" + port + ":10." + network.block
                            + ".7.2:80/tcp: address already in use");

            assertThat(network.new Container().address()).isEqualTo("10." + network.block + ".7.2");
        }
    }

    @Test
    void ofSctpAreHeldWhereTheKernelHasItAndRefusedInWordsWhereNot() throws Exception {
        try (var network = new TestNetwork()) {
            int port = TestNetwork.freePorts(1);
            var request = new PortRequest(80, "sctp", "0.0.0.0", port, port);
            if (Files.exists(Path.of("/proc/net/sctp"))) {
                assertThat(network.new Container(request).hostPort()).isEqualTo(port);
            } else {
                assertThatThrownBy(() -> network.new Container(request))
                        .hasMessageContaining("failed to bind host port for 0.0.0.0:" + port)
                        .hasMessageContaining("protocol not supported")
                        .asInstanceOf(InstanceOfAssertFactories.type(NaruException.class))
                        .extracting(NaruException::kind)
                        .isEqualTo(ErrorKind.NOT_SUPPORTED);
                assertThat(network.new Container().address()).isEqualTo("10." + network.block + ".7.2");
            }
        }
    }

    @Test
    void areHeldAgainstOtherPrograms() throws Exception {
        try (var network = new TestNetwork()) {
            var web = network.new Container(port(80, "", 0, 0));

            assertThatThrownBy(() -> new ServerSocket(web.hostPort())).isInstanceOf(java.net.BindException.class);
            web.detach();
            try (var program = new ServerSocket(web.hostPort())) {
                assertThat(program.isBound()).isTrue();
            }
        }
    }

    @Test
    void areGoneWhenDetachReturns() throws Exception {
        try (var network = new TestNetwork()) {
            var web = network.new Container(port(80, "", 0, 0));
            web.serve(80);
            web.detach();

            assertThat(fetch("127.0.0.1", web.hostPort())).isEqualTo(UNREACHABLE);
            web.detach();
        }
    }

    @Test
    void costOneLookupHoweverManyThereAre() throws Exception {
        try (var network = new TestNetwork()) {
            int from = TestNetwork.freePorts(500);
            var requests = new PortRequest[500];
            for (int i = 0; i < requests.length; i++) {
                requests[i] = port(80, "127.0.0.1", from + i, from + i);
            }
            var web = network.new Container(requests);
            web.serve(80);

            assertThat(fetch("127.0.0.1", from)).isEqualTo(network.gateway());
            assertThat(fetch("127.0.0.1", from + 499)).isEqualTo(network.gateway());
        }
    }
}
