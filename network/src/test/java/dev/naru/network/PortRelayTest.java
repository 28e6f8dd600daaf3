package dev.naru.network;

import static dev.naru.network.TestNetwork.fetch;
import static dev.naru.network.TestNetwork.port;
import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.linux.NetworkNamespace;
import dev.naru.network.EndpointSpec.PortRequest;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What the kernel does not translate is carried, whether an engine runs or not. */
class PortRelayTest {
    private static final String UNREACHABLE = "unreachable";
    private static final int PATIENCE_MILLIS = 10_000;
    private static final PortRequest UDP = new PortRequest(53, "udp", "", 0, 0);

    /** Says what it hears, until it hears no more. */
    private static void echo(TestNetwork network, NetworkNamespace inside, int port) throws IOException {
        ServerSocketChannel server =
                inside.call(() -> ServerSocketChannel.open().bind(new InetSocketAddress("0.0.0.0", port), 4096));
        network.closing(server);
        Thread.ofVirtual().start(() -> {
            while (server.isOpen()) {
                try {
                    Socket client = server.accept().socket();
                    Thread.ofVirtual().start(() -> echo(client));
                } catch (IOException closed) {
                    // The loop's condition tells.
                }
            }
        });
    }

    private static void echo(Socket client) {
        try (client) {
            client.getInputStream().transferTo(client.getOutputStream());
        } catch (IOException gone) {
            // As clients do.
        }
    }

    private static Socket connect(Callable<Socket> from, String address, int port) throws Exception {
        Socket socket = from.call();
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(new InetSocketAddress(address, port), PATIENCE_MILLIS);
        return socket;
    }

    private static String say(Socket socket, String word) throws IOException {
        socket.getOutputStream().write(word.getBytes(StandardCharsets.UTF_8));
        return new String(socket.getInputStream().readNBytes(word.length()), StandardCharsets.UTF_8);
    }

    private static String ask(DatagramSocket socket, String address, int port) throws IOException {
        byte[] ping = "ping".getBytes(StandardCharsets.UTF_8);
        socket.setSoTimeout(700);
        socket.send(new DatagramPacket(ping, ping.length, InetAddress.ofLiteral(address), port));
        var answer = new DatagramPacket(new byte[100], 100);
        try {
            socket.receive(answer);
        } catch (SocketTimeoutException | java.net.PortUnreachableException silence) {
            return UNREACHABLE;
        }
        assertThat(answer.getAddress()).isEqualTo(InetAddress.ofLiteral(address));
        return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8);
    }

    @Test
    void portsOnTheHostsOwnIpv6AddressAnswerWithoutAnEngineAndOpenConnectionsGoOn() throws Exception {
        try (var network = new TestNetwork()) {
            var web = network.new Container(port(80, "", 0, 0), UDP);
            echo(network, web.sandbox.namespace(), 80);
            network.serveUdp(web, 53);
            int tcp = web.hostPort();
            int udp = web.attachment.ports().getLast().hostPort();
            try (var open = connect(Socket::new, "::1", tcp);
                    var datagrams = new DatagramSocket()) {
                assertThat(say(open, "before")).isEqualTo("before");
                assertThat(ask(datagrams, "::1", udp)).isEqualTo("ping");

                network.driver.close();
                assertThat(say(open, "without")).isEqualTo("without");
                assertThat(ask(datagrams, "::1", udp)).isEqualTo("ping");
                try (var fresh = connect(Socket::new, "::1", tcp);
                        var strange = new DatagramSocket()) {
                    assertThat(say(fresh, "new")).isEqualTo("new");
                    assertThat(ask(strange, "::1", udp)).isEqualTo("ping");
                }

                network.driver = network.driver(FirewallMode.DIRECT);
                network.driver.takeOver(network.spec);
                network.driver.adopt(network.spec, web.attachment);
                network.driver.reconcile(List.of(web.attachment));
                assertThat(say(open, "after")).isEqualTo("after");
                assertThat(ask(datagrams, "::1", udp)).isEqualTo("ping");

                long busy = network.relay.descriptors();
                web.detach();
                assertThat(open.getInputStream().read()).isLessThan(0);
                assertThat(fetch("::1", tcp)).isEqualTo(UNREACHABLE);
                // Two ports of two families, a connection of two ends, and whom a datagram came from.
                assertThat(network.relay.descriptors()).isLessThanOrEqualTo(busy - 7);
            } catch (java.net.SocketException reset) {
                assertThat(reset).hasMessageContaining("reset");
            }
        }
    }

    @Test
    void neighboursThatAreKeptApartReachPublishedPortsWithoutAnEngine() throws Exception {
        try (var network = new TestNetwork(false, false)) {
            var web = network.new Container(port(80, "", 0, 0), UDP);
            var neighbour = network.new Container();
            web.serve(80);
            network.serveUdp(web, 53);
            int udp = web.attachment.ports().getLast().hostPort();
            try (var datagrams = new TestNetwork.UdpClient(neighbour.sandbox.namespace())) {
                network.driver.close();

                assertThat(fetch(neighbour.sandbox.namespace(), web.address(), 80))
                        .isEqualTo(UNREACHABLE);
                assertThat(fetch(neighbour.sandbox.namespace(), network.gateway(), web.hostPort()))
                        .isEqualTo(network.gateway());
                assertThat(datagrams.ask(network.gateway(), udp)).isEqualTo("ping");
            }
            network.driver = network.driver(FirewallMode.DIRECT);
            network.driver.takeOver(network.spec);
            network.driver.adopt(network.spec, web.attachment);
            network.driver.reconcile(List.of(web.attachment));
        }
    }

    @Test
    void withoutFirewallRulesDatagramsAreCarriedToo() throws Exception {
        try (var network = new TestNetwork(FirewallMode.OFF)) {
            var dns = network.new Container(UDP);
            network.serveUdp(dns, 53);

            assertThat(TestNetwork.fetchUdp("127.0.0.1", dns.hostPort())).isEqualTo("ping");
            assertThat(TestNetwork.fetchUdp(network.gateway(), dns.hostPort())).isEqualTo("ping");
        }
    }

    @Test
    void aRelayThatIsKilledIsStartedAgain() throws Exception {
        try (var network = new TestNetwork()) {
            var web = network.new Container(port(80, "", 0, 0));
            web.serve(80);
            assertThat(fetch("::1", web.hostPort())).isEqualTo(network.gateway());
            network.relay.kill();

            String answer = UNREACHABLE;
            for (long end = System.nanoTime() + 5_000_000_000L;
                    answer.equals(UNREACHABLE) && System.nanoTime() < end; ) {
                answer = fetch("::1", web.hostPort());
            }
            assertThat(answer).isEqualTo(network.gateway());
            var more = network.new Container(port(80, "", 0, 0));
            more.serve(80);
            assertThat(fetch("::1", more.hostPort())).isEqualTo(network.gateway());
        }
    }

    @Test
    void thatIsKilledWithItsEngineIsStartedByTheNext() throws Exception {
        try (var network = new TestNetwork()) {
            var web = network.new Container(port(80, "", 0, 0));
            web.serve(80);
            network.driver.close();
            network.relay.kill();
            network.driver = network.driver(FirewallMode.DIRECT);
            network.driver.takeOver(network.spec);
            network.driver.adopt(network.spec, web.attachment);
            network.driver.reconcile(List.of(web.attachment));

            assertThat(fetch("::1", web.hostPort())).isEqualTo(network.gateway());
        }
    }

    @Test
    void aContainerThatEndsWhileNoEngineRunsTakesItsPortsAlong() throws Exception {
        try (var network = new TestNetwork()) {
            Process process = new ProcessBuilder("sleep", "100").start();
            network.closing(process::destroyForcibly);
            network.driver.lives("c", (int) process.pid());
            var web = network.new Container(port(80, "", 0, 0));
            web.serve(80);
            assertThat(fetch("::1", web.hostPort())).isEqualTo(network.gateway());
            network.driver.close();
            process.destroyForcibly();

            boolean free = false;
            for (long end = System.nanoTime() + 10_000_000_000L; !free && System.nanoTime() < end; ) {
                Thread.sleep(50);
                free = isFree(web.hostPort());
            }
            assertThat(free).isTrue();
            network.driver = network.driver(FirewallMode.DIRECT);
            network.driver.takeOver(network.spec);
        }
    }

    private static boolean isFree(int port) {
        try (var program = new ServerSocket(port, 1, InetAddress.ofLiteral("::"))) {
            return program.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    @Test
    void whatTheNextEngineDoesNotKnowIsClosed() throws Exception {
        try (var network = new TestNetwork()) {
            var lost = network.new Container(port(80, "", 0, 0));
            network.abandonDriver();
            network.driver.takeOver(network.spec);
            network.driver.reconcile(List.of());

            assertThat(isFree(lost.hostPort())).isTrue();
        }
    }

    @Test
    void nothingRunsWhereNothingIsPublished() throws Exception {
        try (var network = new TestNetwork()) {
            network.new Container();
            assertThat(network.relay.process()).isEmpty();
        }
    }

    @Test
    void aPortOfOneFamilyHoldsNothingOfTheOther() throws Exception {
        try (var network = new TestNetwork()) {
            int free = TestNetwork.freePorts(1);
            var six = network.new Container(port(80, "::", free, free));
            six.serve(80);
            assertThat(fetch("::1", free)).isEqualTo(network.gateway());
            assertThat(fetch("127.0.0.1", free)).isEqualTo(UNREACHABLE);
            var four = network.new Container(port(80, "0.0.0.0", free, free));
            four.serve(80);

            assertThat(fetch("127.0.0.1", free)).isEqualTo(network.gateway());
        }
    }

    @Test
    void oneSideMayEndWhileTheOtherGoesOnAndSlowReadersHoldNobodyUp() throws Exception {
        try (var network = new TestNetwork()) {
            var web = network.new Container(port(80, "", 0, 0));
            ServerSocketChannel server = web.sandbox.namespace().call(() -> ServerSocketChannel.open()
                    .bind(new InetSocketAddress("0.0.0.0", 80)));
            network.closing(server);
            byte[] much = new byte[32 << 20];
            new java.util.Random(1).nextBytes(much);
            // It hears everything to the end before it says it again.
            Thread.ofVirtual().start(() -> {
                try (Socket client = server.accept().socket()) {
                    byte[] heard = client.getInputStream().readAllBytes();
                    client.getOutputStream().write(heard);
                } catch (IOException gone) {
                    // The client notices.
                }
            });
            try (var client = connect(Socket::new, "::1", web.hostPort())) {
                client.getOutputStream().write(much);
                client.shutdownOutput();
                byte[] first = client.getInputStream().readNBytes(1000);
                Thread.sleep(50);
                byte[] rest = client.getInputStream().readAllBytes();

                assertThat(first.length + rest.length).isEqualTo(much.length);
                assertThat(java.util.Arrays.mismatch(much, 1000, much.length, rest, 0, rest.length))
                        .isLessThan(0);
            }
        }
    }

    @Test
    void datagramsOfManySendersFindBack() throws Exception {
        try (var network = new TestNetwork()) {
            var dns = network.new Container(UDP);
            network.serveUdp(dns, 53);
            var done = new CountDownLatch(20);
            for (int i = 0; i < 20; i++) {
                Thread.ofVirtual().start(() -> {
                    try (var socket = new DatagramSocket()) {
                        for (int n = 0; n < 5; n++) {
                            if (ask(socket, "::1", dns.hostPort()).equals("ping")) {
                                done.countDown();
                                return;
                            }
                        }
                    } catch (IOException failure) {
                        // It is missed below.
                    }
                });
            }
            assertThat(done.await(20, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        }
    }
}
