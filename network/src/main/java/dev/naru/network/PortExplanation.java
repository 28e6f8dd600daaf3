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
        boolean local = host.isLoopbackAddress();
        var asked = new ArrayList<PortCaller>();
        asked.add(way.isEmpty() ? hereByRelay(port, host, ipv6) : here(port, host, ipv6, way));
        if (local) {
            List.of("same network", "other networks", "other hosts")
                    .forEach(from -> asked.add(closed(from, loopback())));
            return asked;
        }
        boolean neighbours = !way.isEmpty() && network.interContainer();
        asked.add(
                neighbours
                        ? forwarded("same network", network.bridge(), port, ipv6, way)
                        : byRelay("same network", network.bridge(), port, host, ipv6));
        if (way.isEmpty()) {
            asked.add(byRelay("other networks", "", port, host, ipv6));
            asked.add(byRelay("other hosts", "", port, host, ipv6));
            return asked;
        }
        asked.add(forwarded("other networks", "", port, ipv6, way));
        PortCaller outside = forwarded("other hosts", "", port, ipv6, way);
        asked.add(mode == FirewallMode.HOST && host.isAnyLocalAddress() ? policed(outside, port, host, ipv6) : outside);
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
        FirstPacket packet = toContainer(port, port.containerPort(), false, to);
        return List.of(
                with(walk.walk("this host", NftChain.OUTPUT, packet, table, false), "at " + to),
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

    /** Where the relay leads to. */
    private String target() {
        return attachment.address().isEmpty() ? attachment.address6() : attachment.address();
    }

    private static PortCaller closed(String from, String rule) {
        return new PortCaller(from, Reaches.NO, List.of(rule));
    }

    private static String known(InetAddress host) {
        return host.isAnyLocalAddress() ? "" : AddressText.of(host);
    }

    /** As it goes out to the container. */
    private FirstPacket toContainer(PublishedPort port, int hostPort, boolean translated, String to) {
        return new FirstPacket(
                to.contains(":"),
                "",
                network.bridge(),
                Protocol.of(port.protocol()),
                port.containerPort(),
                hostPort,
                translated,
                to);
    }

    /** As it comes to the host. */
    private static FirstPacket toHost(PublishedPort port, InetAddress host, boolean ipv6, String input, String output) {
        return new FirstPacket(
                ipv6,
                input,
                output,
                Protocol.of(port.protocol()),
                port.hostPort(),
                port.hostPort(),
                false,
                known(host));
    }

    /** A connection of this host itself: the chains of output, first as it was sent, then as it is translated. */
    private PortCaller here(PublishedPort port, InetAddress host, boolean ipv6, String way) {
        FirstPacket sent = toHost(port, host, ipv6, "", "lo");
        FirstPacket translated =
                toContainer(port, port.hostPort(), true, ipv6 ? attachment.address6() : attachment.address());
        return with(
                walk.walk(
                        "this host",
                        NftChain.OUTPUT,
                        chain -> chain.priority() < NftChain.TRANSLATION ? sent : translated,
                        table,
                        false),
                way);
    }

    private PortCaller hereByRelay(PublishedPort port, InetAddress host, boolean ipv6) {
        return all(List.of(
                walk.walk("this host", NftChain.OUTPUT, toHost(port, host, ipv6, "", "lo"), table, false),
                walk.walk("this host", NftChain.INPUT, toHost(port, host, ipv6, "lo", ""), table, false),
                carried("this host", port)));
    }

    /** From the relay on, whoever asked. */
    private PortCaller carried(String from, PublishedPort port) {
        if (Protocol.of(port.protocol()) == Protocol.SCTP || target().isEmpty()) {
            return closed(from, "only tcp and udp are carried by naru-relay");
        }
        PortCaller on = walk.walk(
                from, NftChain.OUTPUT, toContainer(port, port.containerPort(), false, target()), table, false);
        String to = target().contains(":") ? "[" + target() + "]" : target();
        return with(on, "carried by naru-relay to " + to + ":" + port.containerPort());
    }

    private PortCaller byRelay(String from, String input, PublishedPort port, InetAddress host, boolean ipv6) {
        FirstPacket packet = toHost(port, host, ipv6, input, "");
        return all(List.of(walk.walk(from, NftChain.INPUT, packet, table, true), carried(from, port)));
    }

    /** All of some ways must be open, one after the other. */
    private static PortCaller all(List<PortCaller> ways) {
        var conditions = new ArrayList<String>();
        var rules = new ArrayList<String>();
        for (PortCaller each : ways) {
            switch (each.reaches()) {
                case NO -> {
                    return each;
                }
                case DEPENDS -> conditions.addAll(each.rules());
                case YES -> rules.addAll(each.rules());
            }
        }
        return new PortCaller(
                ways.getFirst().from(),
                conditions.isEmpty() ? Reaches.YES : Reaches.DEPENDS,
                joined(conditions, rules));
    }

    private PortCaller forwarded(String from, String input, PublishedPort port, boolean ipv6, String way) {
        var packet = new FirstPacket(
                ipv6,
                input,
                network.bridge(),
                Protocol.of(port.protocol()),
                port.containerPort(),
                port.hostPort(),
                true,
                ipv6 ? attachment.address6() : attachment.address());
        return with(walk.walk(from, NftChain.FORWARD, packet, table, true), way);
    }

    private PortCaller policed(PortCaller forwarded, PublishedPort port, InetAddress host, boolean ipv6) {
        FirstPacket packet = toHost(port, host, ipv6, "", "");
        // The owner's chain has spoken at forward; at input it is asked about relayed ports alone.
        PortCaller input = walk.walk(forwarded.from(), NftChain.INPUT, packet, table, false);
        return all(List.of(input, forwarded));
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
