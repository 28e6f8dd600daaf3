package dev.naru.network;

import dev.naru.linux.NftChain;
import dev.naru.network.Attachment.PublishedPort;
import dev.naru.network.PortCaller.Reaches;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** Who reaches one published port, and why. docs/design/016-firewall.md. */
final class PortExplanation {
    private final RuleWalk walk;
    private final NetworkSpec network;
    private final Attachment attachment;
    private final String table;
    private final FirewallMode mode;

    PortExplanation(RuleWalk walk, NetworkSpec network, Attachment attachment, String table, FirewallMode mode) {
        this.walk = walk;
        this.network = network;
        this.attachment = attachment;
        this.table = table;
        this.mode = mode;
    }

    List<PortCaller> of(PublishedPort port) {
        InetAddress host = Subnet.literal(port.hostAddress());
        boolean ipv6 = host.getAddress().length == 16;
        if (port.hostPort() == 0) {
            return routed(port, ipv6);
        }
        String way = way(port, host, ipv6);
        if (way.isEmpty()) {
            boolean local = host.isLoopbackAddress();
            return List.of(
                    new PortCaller("this host", Reaches.YES, List.of(relay())),
                    local ? closed("same network", loopback()) : byRelay("same network", port, ipv6),
                    local ? closed("other networks", loopback()) : byRelay("other networks", port, ipv6),
                    local ? closed("other hosts", loopback()) : byRelay("other hosts", port, ipv6));
        }
        PortCaller here = new PortCaller("this host", Reaches.YES, List.of(way));
        if (host.isLoopbackAddress()) {
            return List.of(
                    here,
                    closed("same network", loopback()),
                    closed("other networks", loopback()),
                    closed("other hosts", loopback()));
        }
        var asked = new ArrayList<PortCaller>();
        asked.add(here);
        asked.add(
                network.interContainer()
                        ? forwarded("same network", network.bridge(), port, ipv6, way)
                        : byRelay("same network", port, ipv6));
        asked.add(forwarded("other networks", "", port, ipv6, way));
        PortCaller outside = forwarded("other hosts", "", port, ipv6, way);
        asked.add(mode == FirewallMode.HOST && host.isAnyLocalAddress() ? policed(outside, port, ipv6) : outside);
        return asked;
    }

    /** Who has a route to the container's own address. */
    private List<PortCaller> routed(PublishedPort port, boolean ipv6) {
        String to = ipv6 ? attachment.address6() : attachment.address();
        if (to.isEmpty()) {
            return List.of();
        }
        String way = "routed to " + to + " port " + port.containerPort() + ", inet " + table + " to-"
                + network.bridge() + ": @" + NetworkRules.routed(ipv6) + " { " + to + " . " + port.protocol() + " . "
                + port.containerPort() + " } accept";
        var packet = new FirstPacket(
                ipv6,
                "",
                network.bridge(),
                Protocol.of(port.protocol()),
                port.containerPort(),
                port.containerPort(),
                false);
        return List.of(
                new PortCaller("this host", Reaches.YES, List.of("at " + to)),
                network.interContainer()
                        ? new PortCaller("same network", Reaches.YES, List.of("at " + to))
                        : closed("same network", "network " + network.name() + " has enable_icc=false"),
                with(walk.walk("other networks", NftChain.FORWARD, packet, table, true), way),
                with(walk.walk("other hosts", NftChain.FORWARD, packet, table, true), way));
    }

    /** The map's element that translates it, in nft's words; empty for a port that is relayed. */
    private String way(PublishedPort port, InetAddress host, boolean ipv6) {
        String to = ipv6 ? attachment.address6() : attachment.address();
        if (mode == FirewallMode.OFF || to.isEmpty() || (ipv6 && host.isLoopbackAddress())) {
            return "";
        }
        boolean all = host.isAnyLocalAddress();
        PortMap map = ipv6 ? (all ? PortMap.ALL_IPV6 : PortMap.ONE_IPV6) : (all ? PortMap.ALL_IPV4 : PortMap.ONE_IPV4);
        return "inet " + table + " " + (all ? "publish" : "publish-address") + ": dnat to @" + map.set() + " { "
                + (all ? "" : port.hostAddress() + " . ") + port.protocol() + " . " + port.hostPort() + " : " + to
                + " . " + port.containerPort() + " }";
    }

    private String loopback() {
        return "inet " + table + " prerouting: ip daddr 127.0.0.0/8 return";
    }

    private String relay() {
        return "relayed by the engine while it runs";
    }

    private static PortCaller closed(String from, String rule) {
        return new PortCaller(from, Reaches.NO, List.of(rule));
    }

    private PortCaller byRelay(String from, PublishedPort port, boolean ipv6) {
        Protocol protocol = Protocol.of(port.protocol());
        if (protocol != Protocol.TCP) {
            return closed(from, "only tcp is relayed");
        }
        var packet = new FirstPacket(ipv6, "", "", protocol, port.hostPort(), port.hostPort(), false);
        return with(walk.walk(from, NftChain.INPUT, packet, table, true), relay());
    }

    private PortCaller forwarded(String from, String input, PublishedPort port, boolean ipv6, String way) {
        var packet = new FirstPacket(
                ipv6,
                input,
                network.bridge(),
                Protocol.of(port.protocol()),
                port.containerPort(),
                port.hostPort(),
                true);
        return with(walk.walk(from, NftChain.FORWARD, packet, table, true), way);
    }

    private PortCaller policed(PortCaller forwarded, PublishedPort port, boolean ipv6) {
        var packet =
                new FirstPacket(ipv6, "", "", Protocol.of(port.protocol()), port.hostPort(), port.hostPort(), false);
        // The owner's chain has spoken at forward; at input it is asked about relayed ports alone.
        PortCaller input = walk.walk(forwarded.from(), NftChain.INPUT, packet, table, false);
        if (input.reaches() == Reaches.NO || forwarded.reaches() == Reaches.YES) {
            return input.reaches() == Reaches.YES
                    ? new PortCaller(input.from(), Reaches.YES, joined(input.rules(), forwarded.rules()))
                    : input;
        }
        return new PortCaller(forwarded.from(), forwarded.reaches(), joined(input.rules(), forwarded.rules()));
    }

    private static PortCaller with(PortCaller caller, String way) {
        return caller.reaches() == Reaches.NO
                ? caller
                : new PortCaller(caller.from(), caller.reaches(), joined(caller.rules(), List.of(way)));
    }

    private static List<String> joined(List<String> some, List<String> more) {
        var all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }
}
