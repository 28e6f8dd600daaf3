package dev.naru.network;

import dev.naru.linux.Link;
import dev.naru.linux.NetworkNamespace;
import dev.naru.linux.Rtnetlink;
import dev.naru.network.EndpointSpec.PortRequest;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** An instance of its own on the real kernel, with containers that are namespaces; {@link #close} leaves nothing. */
final class TestNetwork implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 700;
    private static final AtomicInteger COUNT = new AtomicInteger();

    /** Named after this process, so that {@link DeadInstances} finds what is left when it dies. */
    final String bridge = "nt" + ProcessHandle.current().pid() + "x" + Integer.toString(COUNT.incrementAndGet(), 36);

    final int block;
    final NetworkSpec spec;
    final KernelSandboxes sandboxes;
    private final FirewallMode mode;
    final RelayLab relay = new RelayLab();
    BridgeDriver driver;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    TestNetwork() {
        this(true, false);
    }

    TestNetwork(FirewallMode mode) {
        this(true, false, 0, mode);
    }

    TestNetwork(boolean interContainer, boolean internal) {
        this(interContainer, internal, 0);
    }

    /** With some sandboxes kept ready. */
    TestNetwork(boolean interContainer, boolean internal, int ready) {
        this(interContainer, internal, ready, FirewallMode.DIRECT);
    }

    private TestNetwork(boolean interContainer, boolean internal, int ready, FirewallMode mode) {
        this.mode = mode;
        this.driver = driver(mode);
        this.sandboxes = new KernelSandboxes(driver, ready);
        this.block = freeBlock();
        this.spec = spec(bridge, "10." + block + ".7.0/24", interContainer, internal);
        driver.ensure(spec);
    }

    /** A number whose networks 10.block.0.0/16 nobody on this host uses. */
    private int freeBlock() {
        int start = ThreadLocalRandom.current().nextInt(16, 200);
        var ranges = IntStream.range(start, start + 50)
                .mapToObj(number -> SubnetRange.parse("10." + number + ".0.0/16", 16))
                .toList();
        String subnet = driver.freePool(ranges).subnet();
        return Integer.parseInt(subnet.split("\\.", -1)[1]);
    }

    static NetworkSpec spec(String bridge, String subnet, boolean interContainer, boolean internal) {
        return new NetworkSpec(
                "id-of-" + bridge,
                bridge,
                "bridge",
                bridge,
                List.of(new NetworkSpec.Pool(subnet, "", "")),
                1500,
                internal,
                interContainer,
                true,
                Map.of());
    }

    /** The name of the instance's table. */
    String table() {
        return "naru-" + bridge;
    }

    /** Has something done when this is closed, before what was made earlier goes. */
    void closing(AutoCloseable later) {
        opened.push(later);
    }

    String gateway() {
        return "10." + block + ".7.1";
    }

    /** Another network of this instance. */
    NetworkSpec another(String subnet) {
        return another(spec(bridge + "b", subnet, true, false));
    }

    NetworkSpec anotherWithIpv6(String subnet, String subnet6) {
        String forwarding = "ipv6/conf/all/forwarding";
        String before = Sysctl.get(forwarding);
        opened.push(() -> Sysctl.set(forwarding, before));
        var pools = List.of(new NetworkSpec.Pool(subnet, "", ""), new NetworkSpec.Pool(subnet6, "", ""));
        return another(new NetworkSpec("v6", "v6", "bridge", bridge + "c", pools, 1500, false, true, true, Map.of()));
    }

    /** Another network, as described. */
    NetworkSpec another(NetworkSpec more) {
        driver.ensure(more);
        opened.push(() -> driver.remove(more));
        return more;
    }

    /** What kill -9 leaves: the kernel's objects, without the sockets of the engine's process. */
    void abandonDriver() {
        driver.close();
        driver = driver(mode);
    }

    /** Another engine of this instance. */
    BridgeDriver driver(FirewallMode mode) {
        return new BridgeDriver(bridge, mode, relay.open());
    }

    List<String> hostInterfaces() {
        try (Rtnetlink host = Rtnetlink.open()) {
            return host.links().stream().map(Link::name).toList();
        }
    }

    /** The interfaces that are ports of the bridge. */
    List<Link> ports() {
        try (Rtnetlink host = Rtnetlink.open()) {
            int index = host.link(bridge).orElseThrow().index();
            return host.links().stream().filter(link -> link.master() == index).toList();
        }
    }

    /** The first of some ports in a row that nobody has. */
    static int freePorts(int count) {
        return ThreadLocalRandom.current().nextInt(10_000, 30_000 - count);
    }

    /** A client that keeps its own port. */
    static final class UdpClient implements AutoCloseable {
        private final DatagramChannel channel;

        UdpClient() throws IOException {
            channel = DatagramChannel.open(StandardProtocolFamily.INET);
        }

        UdpClient(NetworkNamespace from) {
            channel = from.call(() -> DatagramChannel.open(StandardProtocolFamily.INET));
        }

        String ask(String address, int port) throws IOException {
            channel.send(
                    ByteBuffer.wrap("ping".getBytes(StandardCharsets.UTF_8)), new InetSocketAddress(address, port));
            channel.socket().setSoTimeout(TIMEOUT_MILLIS);
            var packet = new DatagramPacket(new byte[100], 100);
            try {
                channel.socket().receive(packet);
            } catch (SocketTimeoutException silence) {
                return "unreachable";
            }
            return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** A container on this network. */
    final class Container {
        final KernelSandbox sandbox;
        final Attachment attachment;
        private final NetworkSpec network;

        Container(PortRequest... ports) {
            this(spec, ports);
        }

        Container(NetworkSpec network, PortRequest... ports) {
            sandbox = (KernelSandbox) sandboxes.take("c", network);
            opened.push(sandbox);
            attachment = driver.attach(network, endpoint(ports), sandbox);
            this.network = network;
            opened.push(this::detach);
        }

        void detach() {
            driver.detach(network, attachment);
        }

        /** Sends what is for 127.0.0.0/8 out to the host, as a hostile container would. */
        void sendLoopbackOut() {
            sandbox.namespace().call(() -> {
                Sysctl.set("ipv4/conf/all/route_localnet", "1");
                return true;
            });
            Rtnetlink inside = sandbox.namespace().rtnetlink();
            int loopback = inside.link("lo").orElseThrow().index();
            inside.batch()
                    .removeAddress(loopback, Subnet.literal("127.0.0.1"), 8)
                    .commit();
        }

        void serve6(int port) throws IOException {
            ServerSocketChannel server = sandbox.namespace()
                    .call(() -> ServerSocketChannel.open(StandardProtocolFamily.INET6)
                            .bind(new InetSocketAddress("::", port)));
            opened.push(server);
            Thread.ofVirtual().start(() -> answer(server));
        }

        List<InterfaceStatistics> statistics() {
            return sandbox.namespace().call(() -> InterfaceStatistics.read(Path.of("/proc/thread-self/net/dev")));
        }

        /** Answers every TCP connection with the client's address. */
        void serve(int port) throws IOException {
            TestNetwork.this.serve(sandbox.namespace(), port);
        }

        int hostPort() {
            return attachment.ports().getFirst().hostPort();
        }

        String address() {
            return attachment.address();
        }
    }

    static EndpointSpec endpoint(PortRequest... ports) {
        return new EndpointSpec("c", "", "", "", List.of(ports));
    }

    static PortRequest port(int container, String host, int first, int last) {
        return new PortRequest(container, "tcp", host, first, last);
    }

    void serve(NetworkNamespace namespace, int port) throws IOException {
        ServerSocketChannel server = namespace.call(() ->
                ServerSocketChannel.open(StandardProtocolFamily.INET).bind(new InetSocketAddress("0.0.0.0", port)));
        opened.push(server);
        Thread.ofVirtual().start(() -> answer(server));
    }

    void serveUdp(Container container, int port) {
        DatagramChannel channel = container.sandbox.namespace().call(() -> DatagramChannel.open(
                        StandardProtocolFamily.INET)
                .bind(new InetSocketAddress("0.0.0.0", port)));
        opened.push(channel);
        Thread.ofVirtual().start(() -> echo(channel));
    }

    /** A host of its own, connected to this one by a link; its default route is this host. */
    final class Outside {
        final String hostAddress = "10." + block + ".9.1";
        final String ownAddress = "10." + block + ".9.2";
        final NetworkNamespace namespace = NetworkNamespace.create(() -> {});
        private final String link = bridge + "-o";

        Outside() {
            opened.push(namespace);
            try (Rtnetlink host = Rtnetlink.open()) {
                host.batch()
                        .veth(link, 0, 0, 1500, "eth0", "", namespace.descriptor())
                        .commit();
                int index = host.link(link).orElseThrow().index();
                host.batch().address(index, Subnet.literal(hostAddress), 24).commit();
            }
            opened.push(() -> {
                try (Rtnetlink host = Rtnetlink.open()) {
                    host.batch().delete(link).commit();
                }
            });
            int index = namespace.rtnetlink().link("eth0").orElseThrow().index();
            namespace
                    .rtnetlink()
                    .batch()
                    .up("lo")
                    .up("eth0")
                    .address(index, Subnet.literal(ownAddress), 24)
                    .defaultRoute(index, Subnet.literal(hostAddress))
                    .commit();
            try (Rtnetlink host = Rtnetlink.open()) {
                host.running(link);
            }
        }
    }

    /** What a server answers, or the reason why it does not. */
    static String fetch(String address, int port) {
        try (SocketChannel channel = SocketChannel.open()) {
            return fetch(channel, address, port);
        } catch (IOException failure) {
            return "unreachable";
        }
    }

    static String fetch(NetworkNamespace from, String address, int port) {
        try (SocketChannel channel = from.call(SocketChannel::open)) {
            return fetch(channel, address, port);
        } catch (IOException failure) {
            return "unreachable";
        }
    }

    static String fetchUdp(String address, int port) throws IOException {
        try (var client = new UdpClient()) {
            return client.ask(address, port);
        }
    }

    private static String fetch(SocketChannel channel, String address, int port) throws IOException {
        channel.socket().connect(new InetSocketAddress(address, port), TIMEOUT_MILLIS);
        channel.socket().setSoTimeout(TIMEOUT_MILLIS);
        return new String(channel.socket().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static void answer(ServerSocketChannel server) {
        while (server.isOpen()) {
            try (SocketChannel client = server.accept()) {
                String peer = ((InetSocketAddress) client.getRemoteAddress())
                        .getAddress()
                        .getHostAddress();
                client.write(ByteBuffer.wrap(peer.getBytes(StandardCharsets.UTF_8)));
            } catch (IOException closed) {
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

    @Override
    public void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
        sandboxes.close();
        driver.remove(spec);
        driver.close();
        relay.close();
    }
}
