package dev.naru.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How much the relay carries at once, for whom, and for how long; with the real program. */
class RelayLimitsTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final int PATIENCE_MILLIS = 30_000;

    /** Connections at once in the large test; twice as many descriptors are taken in each of two processes. */
    private static final int MANY = Integer.getInteger("naru.connections", 400);

    /** What 512 descriptors come to: 320 beside its own, an eighth for datagrams, and of each three quarters for one. */
    private static final int DESCRIPTORS = 512;

    private static final int SENDERS = 40;
    private static final int SENDERS_OF_ONE = 30;
    private static final int CONNECTIONS = 140;
    private static final int CONNECTIONS_OF_ONE = 105;

    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    @AfterEach
    void closeAll() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    private <T extends AutoCloseable> T closing(T what) {
        open.push(what);
        return what;
    }

    private RelayLab lab(String... options) {
        return closing(new RelayLab(options));
    }

    private RelayedPort publish(PortRelay relay, Protocol protocol, SocketAddress target, String owner)
            throws Exception {
        var port =
                new RelayedPort(protocol, LOOPBACK, false, TestNetwork.freePorts(1), (InetSocketAddress) target, owner);
        try (RelayHandover handover = relay.handover()) {
            handover.open(port);
            handover.finish();
        }
        return port;
    }

    private DatagramSocket datagrams() throws IOException {
        DatagramSocket socket = closing(new DatagramSocket(new InetSocketAddress(LOOPBACK, 0)));
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    private static void say(DatagramSocket from, String word, SocketAddress to) throws IOException {
        byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
        from.send(new DatagramPacket(bytes, bytes.length, to));
    }

    private static DatagramPacket hear(DatagramSocket at) throws IOException {
        var heard = new DatagramPacket(new byte[100], 100);
        at.receive(heard);
        return heard;
    }

    private static String word(DatagramPacket heard) {
        return new String(heard.getData(), 0, heard.getLength(), StandardCharsets.UTF_8);
    }

    private static SocketAddress address(RelayedPort port) {
        return new InetSocketAddress(LOOPBACK, port.port());
    }

    /** Senders that the container has heard, with the way back to each. */
    private Map<DatagramSocket, SocketAddress> heard(int count, RelayedPort port, DatagramSocket container)
            throws IOException {
        var all = new LinkedHashMap<DatagramSocket, SocketAddress>();
        for (int i = 0; i < count; i++) {
            DatagramSocket sender = datagrams();
            say(sender, "ping", address(port));
            all.put(sender, hear(container).getSocketAddress());
        }
        return all;
    }

    private static void everyOneHears(Map<DatagramSocket, SocketAddress> senders, DatagramSocket container)
            throws IOException {
        for (var each : senders.entrySet()) {
            say(container, "late", each.getValue());
            assertThat(word(hear(each.getKey()))).isEqualTo("late");
        }
    }

    @Test
    void sendersThatAreIdleAreForgottenAndMayComeBack() throws Exception {
        RelayLab lab = lab("--udp-idle", "1");
        PortRelay relay = closing(lab.open());
        DatagramSocket container = datagrams();
        RelayedPort port = publish(relay, Protocol.UDP, container.getLocalSocketAddress(), "c");
        long before = lab.descriptors();
        Map<DatagramSocket, SocketAddress> senders = heard(5, port, container);
        everyOneHears(senders, container);

        lab.awaitDescriptors(before);
        DatagramSocket again = senders.keySet().iterator().next();
        say(again, "again", address(port));
        DatagramPacket heard = hear(container);
        say(container, "welcome", heard.getSocketAddress());
        assertThat(word(hear(again))).isEqualTo("welcome");
    }

    @Test
    void oneContainersSendersGiveWayToEachOtherAndLeaveOthersTheirs() throws Exception {
        RelayLab lab = lab("--descriptors", Integer.toString(DESCRIPTORS));
        PortRelay relay = closing(lab.open());
        DatagramSocket quiet = datagrams();
        DatagramSocket loud = datagrams();
        RelayedPort toQuiet = publish(relay, Protocol.UDP, quiet.getLocalSocketAddress(), "quiet");
        RelayedPort toLoud = publish(relay, Protocol.UDP, loud.getLocalSocketAddress(), "loud");
        long before = lab.descriptors();
        Map<DatagramSocket, SocketAddress> first = heard(SENDERS - SENDERS_OF_ONE, toQuiet, quiet);
        heard(SENDERS_OF_ONE, toLoud, loud);
        Map<DatagramSocket, SocketAddress> last = heard(SENDERS_OF_ONE, toLoud, loud);

        assertThat(lab.descriptors() - before).isEqualTo(SENDERS);
        everyOneHears(first, quiet);
        everyOneHears(last, loud);
    }

    @Test
    void whereThereIsNoRoomTheSenderHeardLongestAgoGivesWay() throws Exception {
        RelayLab lab = lab("--descriptors", Integer.toString(DESCRIPTORS));
        PortRelay relay = closing(lab.open());
        var containers = new ArrayList<DatagramSocket>();
        var ports = new ArrayList<RelayedPort>();
        for (int i = 0; i < 3; i++) {
            containers.add(datagrams());
            ports.add(publish(relay, Protocol.UDP, containers.get(i).getLocalSocketAddress(), "c" + i));
        }
        long before = lab.descriptors();
        heard(SENDERS / 2, ports.get(0), containers.get(0));
        Map<DatagramSocket, SocketAddress> second = heard(SENDERS / 2, ports.get(1), containers.get(1));
        Map<DatagramSocket, SocketAddress> third = heard(SENDERS / 2, ports.get(2), containers.get(2));

        assertThat(lab.descriptors() - before).isEqualTo(SENDERS);
        everyOneHears(second, containers.get(1));
        everyOneHears(third, containers.get(2));
    }

    /** Says what it hears. */
    private SocketAddress echo() throws IOException {
        ServerSocketChannel server = closing(ServerSocketChannel.open().bind(new InetSocketAddress(LOOPBACK, 0), 4096));
        Thread.ofVirtual().start(() -> {
            while (server.isOpen()) {
                try {
                    SocketChannel client = server.accept();
                    Thread.ofVirtual().start(() -> echo(client));
                } catch (IOException closed) {
                    // The loop's condition tells.
                }
            }
        });
        return server.getLocalAddress();
    }

    private static void echo(SocketChannel client) {
        ByteBuffer piece = ByteBuffer.allocate(64);
        try (client) {
            while (client.read(piece) >= 0) {
                client.write(piece.flip());
                piece.clear();
            }
        } catch (IOException gone) {
            // As clients do.
        }
    }

    private List<SocketChannel> connect(int count, RelayedPort port) throws IOException {
        var all = new ArrayList<SocketChannel>();
        for (int i = 0; i < count; i++) {
            SocketChannel client = closing(SocketChannel.open(address(port)));
            client.write(ByteBuffer.wrap(new byte[] {1}));
            all.add(client);
        }
        return all;
    }

    private static void everyOneIsServed(List<SocketChannel> clients) throws IOException {
        for (SocketChannel each : clients) {
            assertThat(each.read(ByteBuffer.allocate(1))).isEqualTo(1);
        }
    }

    @Test
    void connectionsBeyondTheShareOfOneContainerWaitUntilOthersEnd() throws Exception {
        RelayLab lab = lab("--descriptors", Integer.toString(DESCRIPTORS));
        PortRelay relay = closing(lab.open());
        RelayedPort crowded = publish(relay, Protocol.TCP, echo(), "crowded");
        RelayedPort other = publish(relay, Protocol.TCP, echo(), "other");
        long before = lab.descriptors();
        List<SocketChannel> served = connect(CONNECTIONS_OF_ONE, crowded);
        everyOneIsServed(served);
        List<SocketChannel> waiting = connect(20, crowded);
        everyOneIsServed(connect(CONNECTIONS - CONNECTIONS_OF_ONE, other));
        assertThat(lab.descriptors() - before).isEqualTo(2 * CONNECTIONS);

        for (SocketChannel each : served.subList(0, 20)) {
            each.close();
        }
        everyOneIsServed(waiting);
    }

    @Test
    void thousandsOfConnectionsAreServedAtOnceAndNothingStaysOfThem() throws Exception {
        RelayLab lab = lab();
        PortRelay relay = closing(lab.open());
        var ports = new ArrayList<RelayedPort>();
        for (int i = 0; i < 4; i++) {
            ports.add(publish(relay, Protocol.TCP, echo(), "c" + i));
        }
        long before = lab.descriptors();
        long idle = lab.memory();
        var all = new ArrayList<SocketChannel>();
        for (RelayedPort port : ports) {
            all.addAll(connect(MANY / 4, port));
        }
        everyOneIsServed(all);
        assertThat(lab.descriptors() - before).isEqualTo(2L * all.size());
        System.out.println(all.size() + " connections: " + (lab.memory() - idle) / all.size() + " bytes each");
        for (SocketChannel each : all) {
            each.close();
        }
        lab.awaitDescriptors(before);
    }
}
