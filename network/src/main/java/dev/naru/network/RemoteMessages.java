package dev.naru.network;

import static dev.naru.network.RemoteCalls.number;
import static dev.naru.network.RemoteCalls.object;
import static dev.naru.network.RemoteCalls.text;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Rtnetlink;
import dev.naru.network.Attachment.PublishedPort;
import dev.naru.network.EndpointSpec.PortRequest;
import dev.naru.network.NetworkSpec.Pool;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What Docker's network plug-in protocol says, to and from our own words. */
final class RemoteMessages {
    private static final String PORT_MAP = "com.docker.network.portmap";
    private static final int MOST_INTERFACES = 100;

    private RemoteMessages() {}

    static Map<String, Object> createNetwork(NetworkSpec network) {
        var four = new ArrayList<Map<String, Object>>();
        var six = new ArrayList<Map<String, Object>>();
        for (Pool pool : network.pools()) {
            (pool.subnet().contains(":") ? six : four).add(pool(pool));
        }
        var options = new HashMap<String, Object>();
        options.put("com.docker.network.generic", network.options());
        options.put("com.docker.network.enable_ipv4", !four.isEmpty());
        options.put("com.docker.network.enable_ipv6", !six.isEmpty());
        if (network.internal()) {
            options.put("com.docker.network.internal", true);
        }
        return Map.of("NetworkID", network.id(), "Options", options, "IPv4Data", four, "IPv6Data", six);
    }

    private static Map<String, Object> pool(Pool pool) {
        int prefix = Subnet.parse(pool.subnet()).prefixLength();
        return Map.of(
                "AddressSpace",
                "LocalDefault",
                "Pool",
                pool.subnet(),
                "Gateway",
                pool.gateway().isEmpty() ? "" : pool.gateway() + "/" + prefix);
    }

    /** What is known of a container's interface before the plug-in makes it. */
    static Map<String, String> created(EndpointSpec spec, EndpointAddresses addresses) {
        return Map.of(
                "Address", cidr(addresses.address(), addresses.prefixLength()),
                "AddressIPv6", cidr(addresses.address6(), addresses.prefixLength6()),
                "MacAddress", spec.macAddress());
    }

    private static String cidr(String address, int prefix) {
        return address.isEmpty() ? "" : address + "/" + prefix;
    }

    /** The plug-in fills in what nobody has said. */
    static EndpointAddresses addresses(EndpointAddresses ours, Map<String, ? extends @Nullable Object> made) {
        EndpointAddresses all = ours;
        String four = text(made, "Address");
        if (all.address().isEmpty() && !four.isEmpty()) {
            all = all.with4(Subnet.literal(address(four)), Subnet.parse(four).prefixLength(), "");
        }
        String six = text(made, "AddressIPv6");
        if (all.address6().isEmpty() && !six.isEmpty()) {
            all = all.with6(Subnet.literal(address(six)), Subnet.parse(six).prefixLength(), "");
        }
        return all;
    }

    private static String address(String cidr) {
        return cidr.substring(0, Math.max(cidr.indexOf('/'), 0));
    }

    /** The ways out are the plug-in's to name. */
    static EndpointAddresses gateways(EndpointAddresses addresses, Map<String, ? extends @Nullable Object> joined) {
        return new EndpointAddresses(
                addresses.address(),
                addresses.prefixLength(),
                text(joined, "Gateway"),
                addresses.address6(),
                addresses.prefixLength6(),
                text(joined, "GatewayIPv6"));
    }

    static String interfaceName(EndpointSpec spec, Map<String, ? extends @Nullable Object> names, Rtnetlink inside) {
        String asked = spec.interfaceName().isEmpty() ? text(names, "DstName") : spec.interfaceName();
        if (!asked.isEmpty()) {
            return InterfaceNames.checked(asked);
        }
        String prefix = text(names, "DstPrefix");
        for (int i = 0; i < MOST_INTERFACES; i++) {
            String name = InterfaceNames.checked((prefix.isEmpty() ? InterfaceNames.USUAL : prefix) + i);
            if (inside.link(name).isEmpty()) {
                return name;
            }
        }
        throw new NaruException(ErrorKind.CONFLICT, "a container has at most " + MOST_INTERFACES + " interfaces");
    }

    static Map<String, Object> ports(List<PortRequest> requests) {
        var exposed = new ArrayList<Map<String, Object>>();
        var mapped = new ArrayList<Map<String, Object>>();
        for (PortRequest port : requests) {
            int protocol = Protocol.of(port.protocol()).number();
            exposed.add(Map.of("Proto", protocol, "Port", port.containerPort()));
            mapped.add(Map.of(
                    "Proto", protocol,
                    "IP", "",
                    "Port", port.containerPort(),
                    "HostIP", port.hostAddress(),
                    "HostPort", port.hostPortFirst(),
                    "HostPortEnd", port.hostPortLast()));
        }
        return Map.of("com.docker.network.endpoint.exposedports", exposed, PORT_MAP, mapped);
    }

    /** What the plug-in says that it published; of one that does not say, what was asked of it with a port. */
    static List<PublishedPort> published(Map<String, ? extends @Nullable Object> told, List<PortRequest> requests) {
        var ports = new ArrayList<PublishedPort>();
        for (Object each : RemoteCalls.list(told.get(PORT_MAP))) {
            Map<String, ?> port = object(each);
            Protocol protocol = Protocol.ofNumber(number(port, "Proto"));
            String host = text(port, "HostIP");
            ports.add(new PublishedPort(
                    number(port, "Port"),
                    protocol.toString(),
                    host.isEmpty() ? "0.0.0.0" : host,
                    number(port, "HostPort")));
        }
        if (ports.isEmpty()) {
            requests.stream()
                    .filter(port -> port.hostPortFirst() != 0)
                    .forEach(port -> ports.add(new PublishedPort(
                            port.containerPort(),
                            port.protocol(),
                            port.hostAddress().isEmpty() ? "0.0.0.0" : port.hostAddress(),
                            port.hostPortFirst())));
        }
        return ports;
    }
}
