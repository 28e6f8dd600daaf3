package dev.naru.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.linux.NetworkNamespace;
import dev.naru.linux.Rtnetlink;
import dev.naru.network.EndpointSpec.PortRequest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * Everybody tries to reach everything, over IPv4 and IPv6, TCP and UDP. A row says who reaches a target, of: {@code
 * host}, {@code outside} (another host), {@code near} (same network), {@code far} (another network), {@code inside} (an
 * internal network).
 */
@SuppressWarnings("NullAway") // This host has no namespace of its own here.
class ReachabilityMatrixTest {
    private static final int TIMEOUT_MILLIS = 700;
    private static final int SERVED = 80;
    private static final int UNPUBLISHED = 81;

    /** The target, and who reaches it: all that are not named must not. */
    private static final Map<String, String> EXPECTED = Map.ofEntries(
            Map.entry("container", "host near"),
            Map.entry("container's other port", "host near"),
            Map.entry("container in another network", "far host"),
            Map.entry("container in an internal network", "host inside"),
            Map.entry("port on all addresses", "far host near outside"),
            Map.entry("port on one address", "far host near outside"),
            Map.entry("port on another address", ""),
            Map.entry("port on loopback", "host"));

    private record Caller(String name, NetworkNamespace namespace) {}

    private record Target(String name, String address, int port) {}

    private static NetworkSpec network(TestNetwork lab, String suffix, int number, boolean internal) {
        String bridge = lab.bridge + suffix;
        return lab.another(new NetworkSpec(
                "id-of-" + bridge,
                bridge,
                "bridge",
                bridge,
                List.of(
                        new NetworkSpec.Pool("10." + lab.block + "." + number + ".0/24", "", ""),
                        new NetworkSpec.Pool("fd00:" + lab.block + ":" + number + "::/64", "", "")),
                1500,
                internal,
                true,
                true,
                Map.of()));
    }

    @Test
    void everybodyReachesWhatIsTheirsAndNothingElse() throws Exception {
        try (var lab = new TestNetwork()) {
            String forwarding = "ipv6/conf/all/forwarding";
            String before = Sysctl.get(forwarding);
            lab.closing(() -> Sysctl.set(forwarding, before));
            var outside = lab.new Outside();
            String[] hosts = {outside.hostAddress, "fd00:" + lab.block + ":9::1"};
            withIpv6(lab, outside, hosts[1]);
            NetworkSpec one = network(lab, "d", 20, false);
            NetworkSpec two = network(lab, "e", 21, false);
            NetworkSpec internal = network(lab, "f", 22, true);

            var targets = new ArrayList<Target>();
            var served = serving(lab, one);
            var far = serving(lab, two);
            var inside = serving(lab, internal);
            for (String protocol : List.of("tcp", "udp")) {
                int all = port(serving(lab, one, new PortRequest(SERVED, protocol, "", 0, 0)));
                for (boolean six : new boolean[] {false, true}) {
                    String suffix = " " + protocol + (six ? " 6" : " 4");
                    String host = hosts[six ? 1 : 0];
                    targets.add(new Target("container" + suffix, address(served, six), SERVED));
                    targets.add(new Target("container's other port" + suffix, address(served, six), UNPUBLISHED));
                    targets.add(new Target("container in another network" + suffix, address(far, six), SERVED));
                    targets.add(new Target("container in an internal network" + suffix, address(inside, six), SERVED));
                    targets.add(new Target("port on all addresses" + suffix, host, all));
                    int alone = port(serving(lab, one, new PortRequest(SERVED, protocol, host, 0, 0)));
                    targets.add(new Target("port on one address" + suffix, host, alone));
                    String gateway = six ? "fd00:" + lab.block + ":20::1" : "10." + lab.block + ".20.1";
                    targets.add(new Target("port on another address" + suffix, gateway, alone));
                    String loopback = six ? "::1" : "127.0.0.1";
                    // UDP on ::1 is what nobody can translate or relay.
                    if (!six || protocol.equals("tcp")) {
                        int hidden = port(serving(lab, one, new PortRequest(SERVED, protocol, loopback, 0, 0)));
                        targets.add(new Target("port on loopback" + suffix, loopback, hidden));
                    }
                }
            }
            var callers = List.of(
                    new Caller("far", lab.new Container(two).sandbox.namespace()),
                    new Caller("inside", lab.new Container(internal).sandbox.namespace()),
                    new Caller("near", lab.new Container(one).sandbox.namespace()),
                    new Caller("outside", outside.namespace));

            assertThat(reached(callers, targets)).isEqualTo(expected(targets));
        }
    }

    private static void withIpv6(TestNetwork lab, TestNetwork.Outside outside, String host) {
        String own = host.replace("::1", "::2");
        Sysctl.set("ipv6/conf/" + lab.bridge + "-o/disable_ipv6", "0");
        try (Rtnetlink here = Rtnetlink.open()) {
            int index = here.link(lab.bridge + "-o").orElseThrow().index();
            here.batch().address(index, Subnet.literal(host), 64).commit();
        }
        int index = outside.namespace.rtnetlink().link("eth0").orElseThrow().index();
        outside.namespace
                .rtnetlink()
                .batch()
                .address(index, Subnet.literal(own), 64)
                .defaultRoute(index, Subnet.literal(host))
                .commit();
    }

    private static String address(TestNetwork.Container container, boolean six) {
        return six ? container.attachment.address6() : container.address();
    }

    private static int port(TestNetwork.Container container) {
        return container.hostPort();
    }

    /** A container that answers on both ports by both protocols of both families. */
    private static TestNetwork.Container serving(TestNetwork lab, NetworkSpec network, PortRequest... ports)
            throws IOException {
        var container = lab.new Container(network, ports);
        for (int port : List.of(SERVED, UNPUBLISHED)) {
            ServerSocketChannel tcp = container.sandbox.namespace().call(() -> ServerSocketChannel.open(
                            StandardProtocolFamily.INET6)
                    .bind(new InetSocketAddress("::", port)));
            lab.closing(tcp);
            DatagramChannel udp = container.sandbox.namespace().call(() -> DatagramChannel.open(
                            StandardProtocolFamily.INET6)
                    .bind(new InetSocketAddress("::", port)));
            lab.closing(udp);
            Thread.ofVirtual().start(() -> accept(tcp));
            Thread.ofVirtual().start(() -> echo(udp));
        }
        return container;
    }

    private static void accept(ServerSocketChannel server) {
        while (server.isOpen()) {
            try (SocketChannel client = server.accept()) {
                client.write(ByteBuffer.wrap(new byte[] {1}));
            } catch (IOException gone) {
                // Either this client or the server is gone; the loop's condition tells which.
            }
        }
    }

    private static void echo(DatagramChannel channel) {
        ByteBuffer buffer = ByteBuffer.allocate(100);
        while (channel.isOpen()) {
            try {
                var peer = channel.receive(buffer.clear());
                channel.send(buffer.flip(), peer);
            } catch (IOException closed) {
                return;
            }
        }
    }

    private static Map<String, String> expected(List<Target> targets) {
        Map<String, String> expected = new TreeMap<>();
        targets.forEach(target ->
                expected.put(target.name(), EXPECTED.get(target.name().replaceFirst(" (tcp|udp) [46]$", ""))));
        return expected;
    }

    private static Map<String, String> reached(List<Caller> callers, List<Target> targets) throws Exception {
        Map<String, List<Future<String>>> asked = new TreeMap<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Target target : targets) {
                List<Future<String>> answers = new ArrayList<>();
                String expected = EXPECTED.get(target.name().replaceFirst(" (tcp|udp) [46]$", ""));
                for (String name : List.of("far", "host", "inside", "near", "outside")) {
                    NetworkNamespace from = callers.stream()
                            .filter(caller -> caller.name().equals(name))
                            .map(Caller::namespace)
                            .findFirst()
                            .orElse(null);
                    int attempts = expected != null && expected.contains(name) ? 6 : 1;
                    answers.add(threads.submit(() -> reaches(from, target, attempts) ? name : ""));
                }
                asked.put(target.name(), answers);
            }
        }
        Map<String, String> reached = new TreeMap<>();
        asked.forEach((target, answers) -> reached.put(
                target,
                String.join(
                                " ",
                                answers.stream()
                                        .map(ReachabilityMatrixTest::result)
                                        .toList())
                        .strip()
                        .replaceAll(" +", " ")));
        return reached;
    }

    private static String result(Future<String> answer) {
        try {
            return answer.get();
        } catch (InterruptedException | ExecutionException failure) {
            throw new AssertionError(failure);
        }
    }

    /** What must answer is asked again, for the machine may be busy. */
    private static boolean reaches(NetworkNamespace from, Target target, int attempts) throws Exception {
        for (int i = 0; i < attempts; i++) {
            if (target.name().contains(" udp ") ? udp(from, target) : tcp(from, target)) {
                return true;
            }
        }
        return false;
    }

    private static <T> T in(NetworkNamespace from, Callable<T> call) throws Exception {
        return from == null ? call.call() : from.call(call);
    }

    private static boolean tcp(NetworkNamespace from, Target target) throws Exception {
        try (SocketChannel channel = in(from, SocketChannel::open)) {
            channel.socket()
                    .connect(new InetSocketAddress(Subnet.literal(target.address()), target.port()), TIMEOUT_MILLIS);
            channel.socket().setSoTimeout(TIMEOUT_MILLIS);
            return channel.socket().getInputStream().read() == 1;
        } catch (IOException unreachable) {
            return false;
        }
    }

    private static boolean udp(NetworkNamespace from, Target target) throws Exception {
        StandardProtocolFamily family =
                target.address().contains(":") ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
        try (DatagramChannel channel = in(from, () -> DatagramChannel.open(family))) {
            channel.socket().setSoTimeout(TIMEOUT_MILLIS);
            channel.socket().connect(new InetSocketAddress(Subnet.literal(target.address()), target.port()));
            channel.socket().send(new java.net.DatagramPacket(new byte[] {1}, 1));
            channel.socket().receive(new java.net.DatagramPacket(new byte[1], 1));
            return true;
        } catch (IOException unreachable) {
            return false;
        }
    }
}
