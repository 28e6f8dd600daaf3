package dev.naru.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.linux.Rtnetlink;
import dev.naru.network.EndpointSpec.PortRequest;
import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Another host on the same wire forges addresses; the host's own settings are as careless as they can be. */
class SpoofingTest {
    private static final int PORT = 90;

    /** Another host that sends what is for 127.0.0.0/8 to this one, which takes it. */
    private static TestNetwork.Outside hostile(TestNetwork lab) {
        var outside = lab.new Outside();
        String link = lab.bridge + "-o";
        Sysctl.set("ipv4/conf/" + link + "/route_localnet", "1");
        Sysctl.set("ipv4/conf/" + link + "/rp_filter", "0");
        Sysctl.set("ipv4/conf/" + link + "/accept_local", "1");
        outside.namespace.call(() -> {
            Sysctl.set("ipv4/conf/all/route_localnet", "1");
            Sysctl.set("ipv4/conf/all/rp_filter", "0");
            return true;
        });
        Rtnetlink inside = outside.namespace.rtnetlink();
        int loopback = inside.link("lo").orElseThrow().index();
        inside.batch().removeAddress(loopback, Subnet.literal("127.0.0.1"), 8).commit();
        return outside;
    }

    private static DatagramChannel sink(TestNetwork lab, TestNetwork.Container container) throws Exception {
        DatagramChannel sink = container.sandbox.namespace().call(() -> DatagramChannel.open(
                        StandardProtocolFamily.INET)
                .bind(new InetSocketAddress(PORT)));
        lab.closing(sink);
        sink.socket().setSoTimeout(10_000);
        return sink;
    }

    private static void send(DatagramChannel from, String text, String address, int port) throws Exception {
        try (from) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            from.socket()
                    .send(new DatagramPacket(
                            bytes, bytes.length, new InetSocketAddress(Subnet.literal(address), port)));
        }
    }

    private static String received(DatagramChannel sink) throws Exception {
        var packet = new DatagramPacket(new byte[100], 100);
        sink.socket().receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    }

    @Test
    void portsOnLoopbackAreClosedToOtherHostsThatSendToLoopback() throws Exception {
        try (var lab = new TestNetwork()) {
            TestNetwork.Outside outside = hostile(lab);
            var web = lab
            .new Container(
                    new PortRequest(80, "tcp", "127.0.0.1", 0, 0), new PortRequest(PORT, "udp", "127.0.0.1", 0, 0));
            web.serve(80);
            DatagramChannel sink = sink(lab, web);
            int tcp = port(web, "tcp");
            int udp = port(web, "udp");

            assertThat(TestNetwork.fetch(outside.namespace, "127.0.0.1", tcp)).isEqualTo("unreachable");
            send(outside.namespace.call(DatagramChannel::open), "forged", "127.0.0.1", udp);
            send(DatagramChannel.open(), "own", "127.0.0.1", udp);

            assertThat(received(sink)).isEqualTo("own");
            assertThat(TestNetwork.fetch("127.0.0.1", tcp)).isNotEqualTo("unreachable");
        }
    }

    @Test
    void portsOnAllAddressesAreNotReachedByTheLoopbackOfAnotherHost() throws Exception {
        try (var lab = new TestNetwork()) {
            TestNetwork.Outside outside = hostile(lab);
            var web = lab.new Container(new PortRequest(80, "tcp", "", 0, 0));
            web.serve(80);

            assertThat(TestNetwork.fetch(outside.namespace, "127.0.0.1", web.hostPort()))
                    .isEqualTo("unreachable");
            assertThat(TestNetwork.fetch(outside.namespace, outside.hostAddress, web.hostPort()))
                    .isEqualTo(outside.ownAddress);
        }
    }

    @Test
    void aForgedAddressOfTheNetworkOpensNothing() throws Exception {
        try (var lab = new TestNetwork()) {
            TestNetwork.Outside outside = hostile(lab);
            var web = lab.new Container();
            DatagramChannel sink = sink(lab, web);
            String forged = "10." + lab.block + ".7.77";
            int link = outside.namespace.rtnetlink().link("eth0").orElseThrow().index();
            outside.namespace
                    .rtnetlink()
                    .batch()
                    .address(link, Subnet.literal(forged), 32)
                    .commit();

            send(
                    outside.namespace.call(() -> DatagramChannel.open(StandardProtocolFamily.INET)
                            .bind(new InetSocketAddress(Subnet.literal(forged), 0))),
                    "forged",
                    web.address(),
                    PORT);
            send(DatagramChannel.open(), "own", web.address(), PORT);

            assertThat(received(sink)).isEqualTo("own");
        }
    }

    @Test
    void aForgedAddressOfTheHostsLoopbackOpensNothing() throws Exception {
        try (var lab = new TestNetwork()) {
            TestNetwork.Outside outside = hostile(lab);
            var web = lab.new Container(new PortRequest(PORT, "udp", "127.0.0.1", 0, 0));
            DatagramChannel sink = sink(lab, web);
            int link = outside.namespace.rtnetlink().link("eth0").orElseThrow().index();
            outside.namespace
                    .rtnetlink()
                    .batch()
                    .address(link, Subnet.literal("127.0.0.1"), 32)
                    .commit();

            for (String address : new String[] {outside.hostAddress, web.address()}) {
                send(
                        outside.namespace.call(() -> DatagramChannel.open(StandardProtocolFamily.INET)
                                .bind(new InetSocketAddress(Subnet.literal("127.0.0.1"), 0))),
                        "forged",
                        address,
                        address.equals(web.address()) ? PORT : web.hostPort());
            }
            send(DatagramChannel.open(), "own", "127.0.0.1", web.hostPort());

            assertThat(received(sink)).isEqualTo("own");
        }
    }

    private static int port(TestNetwork.Container container, String protocol) {
        return container.attachment.ports().stream()
                .filter(port -> port.protocol().equals(protocol))
                .findFirst()
                .orElseThrow()
                .hostPort();
    }
}
