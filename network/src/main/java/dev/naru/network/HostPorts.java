package dev.naru.network;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.network.Attachment.PublishedPort;
import dev.naru.network.EndpointSpec.PortRequest;
import java.io.IOException;
import java.net.BindException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The host's ports this instance has given out. Each is held by a socket too, so that no other program can take one
 * that the firewall would keep from it, and so that one that is taken is noticed.
 */
final class HostPorts implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("naru.network");

    private record Key(Protocol protocol, int port) {}

    private record Claim(PublishedPort port, PortHold hold) {}

    private final Map<Key, List<Claim>> claims = new HashMap<>();
    private final RelayedPorts relays = new RelayedPorts();
    private final EphemeralPorts ephemeral = new EphemeralPorts();

    /**
     * Chooses and holds host ports.
     *
     * @param addresses the container's, where connections that the firewall cannot translate are relayed to
     * @param network which may be routed: then nothing of the host is taken
     */
    synchronized List<PublishedPort> reserve(
            List<PortRequest> requests, EndpointAddresses addresses, NetworkSpec network) {
        var result = new ArrayList<PublishedPort>();
        boolean ipv6 = !requests.isEmpty() && PortHold.hostHasIpv6();
        try {
            for (PortRequest request : requests) {
                result.addAll(reserve(request, addresses, network, ipv6));
            }
            relays.begin();
            return result;
        } catch (RuntimeException failure) {
            release(result);
            throw failure;
        }
    }

    synchronized void release(List<PublishedPort> ports) {
        for (PublishedPort port : ports) {
            var key = new Key(Protocol.of(port.protocol()), port.hostPort());
            List<Claim> here = claims.getOrDefault(key, new ArrayList<>());
            here.removeIf(claim -> {
                boolean it = claim.port().equals(port);
                if (it) {
                    claim.hold().close();
                }
                return it;
            });
            if (here.isEmpty()) {
                claims.remove(key);
            }
        }
        if (!ports.isEmpty()) {
            relays.settle();
        }
    }

    /** Holds the ports of an attachment that stands; one that another program has taken meanwhile is only told. */
    synchronized void adopt(Attachment attachment) {
        var addresses = new EndpointAddresses(attachment.address(), 0, "", attachment.address6(), 0, "");
        List<PublishedPort> ports = attachment.ports().stream()
                .sorted(Comparator.comparing(port -> !port.hostAddress().equals("::")))
                .toList();
        for (PublishedPort port : ports) {
            if (port.hostPort() == 0) {
                continue;
            }
            var key = new Key(Protocol.of(port.protocol()), port.hostPort());
            PortHold hold = PortHold.NOTHING;
            try {
                hold = hold(key, port, addresses);
            } catch (IOException taken) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "port {0}:{1,number,#}/{2} of container {3} is held by another program: {4}",
                        port.hostAddress(),
                        port.hostPort(),
                        port.protocol(),
                        attachment.containerId(),
                        taken.getMessage());
            }
            claims.computeIfAbsent(key, any -> new ArrayList<>()).add(new Claim(port, hold));
        }
        relays.begin();
    }

    private List<PublishedPort> reserve(
            PortRequest request, EndpointAddresses addresses, NetworkSpec network, boolean ipv6) {
        Protocol protocol = Protocol.of(request.protocol());
        var result = new ArrayList<PublishedPort>();
        var hosts = new ArrayList<String>();
        for (String host : hostAddresses(request, protocol, addresses, ipv6)) {
            if (network.gatewayMode(host.contains(":")) == GatewayMode.ROUTED) {
                result.add(new PublishedPort(request.containerPort(), protocol.toString(), host, 0));
            } else {
                hosts.add(host);
            }
        }
        if (!hosts.isEmpty()) {
            result.addAll(reserve(request, addresses, protocol, hosts));
        }
        return result;
    }

    private List<PublishedPort> reserve(
            PortRequest request, EndpointAddresses addresses, Protocol protocol, List<String> hosts) {
        if (request.hostPortFirst() != 0 && request.hostPortFirst() == request.hostPortLast()) {
            return claim(protocol, request, hosts, request.hostPortFirst(), addresses);
        }
        int first = request.hostPortFirst() == 0 ? ephemeral.first() : request.hostPortFirst();
        int last = request.hostPortFirst() == 0 ? ephemeral.last() : request.hostPortLast();
        int start = request.hostPortFirst() == 0 ? ephemeral.next() : first;
        NaruException refused = null;
        for (int i = 0; i <= last - first; i++) {
            int port = first + (start - first + i) % (last - first + 1);
            try {
                return claim(protocol, request, hosts, port, addresses);
            } catch (NaruException taken) {
                refused = taken;
            }
        }
        throw refused != null ? refused : NaruException.invalid("invalid port range: " + first + "-" + last);
    }

    /** All addresses of the host are two here: one a family. Between the families only TCP is relayed. */
    private static List<String> hostAddresses(
            PortRequest request, Protocol protocol, EndpointAddresses addresses, boolean ipv6) {
        if (!request.hostAddress().isEmpty()) {
            return List.of(AddressText.of(Subnet.literal(request.hostAddress())));
        }
        boolean reachable = protocol == Protocol.TCP || !addresses.address6().isEmpty();
        return reachable && ipv6 ? List.of("0.0.0.0", "::") : List.of("0.0.0.0");
    }

    private List<PublishedPort> claim(
            Protocol protocol, PortRequest request, List<String> hosts, int port, EndpointAddresses addresses) {
        var result = new ArrayList<PublishedPort>();
        var key = new Key(protocol, port);
        for (String host : hosts) {
            refuseDuplicate(key, host);
        }
        try {
            // IPv6 first: its socket holds the port for both families.
            for (String host : hosts.reversed()) {
                var published = new PublishedPort(request.containerPort(), protocol.toString(), host, port);
                PortHold hold = hold(key, published, addresses);
                claims.computeIfAbsent(key, any -> new ArrayList<>()).add(new Claim(published, hold));
                result.addFirst(published);
            }
            return result;
        } catch (IOException taken) {
            release(result);
            throw new NaruException(
                    ErrorKind.CONFLICT,
                    "failed to bind host port for " + bracket(hosts.getFirst()) + ":" + port + ":" + addresses.address()
                            + ":" + request.containerPort() + "/" + protocol,
                    reason(taken),
                    null,
                    taken);
        } catch (RuntimeException failure) {
            release(result);
            throw failure;
        }
    }

    private void refuseDuplicate(Key key, String host) {
        for (Claim claim : claims.getOrDefault(key, List.of())) {
            if (PortHold.collide(claim.port().hostAddress(), host)) {
                throw NaruException.conflict(
                        "Bind for " + bracket(host) + ":" + key.port() + " failed: port is already allocated");
            }
        }
    }

    private PortHold hold(Key key, PublishedPort port, EndpointAddresses addresses) throws IOException {
        List<Claim> ours = claims.getOrDefault(key, List.of());
        if (ours.stream().anyMatch(claim -> claim.hold().bothFamilies())) {
            return PortHold.NOTHING;
        }
        try {
            return PortHold.open(key.protocol(), port, addresses, relays);
        } catch (BindException taken) {
            // A socket for all IPv6 addresses wants the IPv4 ones too, which another claim of ours may hold.
            if (ours.isEmpty() || !port.hostAddress().equals("::")) {
                throw taken;
            }
            return PortHold.NOTHING;
        }
    }

    private static String reason(IOException failure) {
        String text = String.valueOf(failure.getMessage());
        return Character.toLowerCase(text.charAt(0)) + text.substring(1);
    }

    private static String bracket(String host) {
        return host.contains(":") ? "[" + host + "]" : host;
    }

    @Override
    public synchronized void close() {
        claims.values().forEach(list -> list.forEach(claim -> claim.hold().close()));
        claims.clear();
        relays.close();
    }
}
