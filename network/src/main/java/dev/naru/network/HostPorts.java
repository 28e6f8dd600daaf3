package dev.naru.network;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.BoundSocket;
import dev.naru.linux.Errno;
import dev.naru.linux.LinuxException;
import dev.naru.network.Attachment.PublishedPort;
import dev.naru.network.EndpointSpec.PortRequest;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The host's ports this instance has given out. Each is held by a socket too, so that no other program can take one
 * that the firewall would keep from it, and so that one that is taken is noticed.
 */
final class HostPorts implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("naru.network");

    private record Key(Protocol protocol, int port) {}

    private record Claim(PublishedPort port, PortHold hold) {}

    private final Map<Key, List<Claim>> claims = new HashMap<>();
    private final EphemeralPorts ephemeral = new EphemeralPorts();
    private final @Nullable PortRelay relay;
    /** What the relay is about to get. */
    private @Nullable RelayHandover handover;

    /** @param relay serves what the kernel does not translate; null where others serve the ports */
    HostPorts(@Nullable PortRelay relay) {
        this.relay = relay;
    }

    /** Whom ports are for. */
    private record Holder(String containerId, EndpointAddresses addresses) {
        /** Where the relay leads to; empty where somebody else leads connections to the container. */
        String target() {
            return addresses.address().isEmpty() ? addresses.address6() : addresses.address();
        }
    }

    /**
     * Chooses and holds host ports.
     *
     * @param addresses the container's, where connections that the firewall cannot translate are relayed to
     * @param network which may be routed: then nothing of the host is taken
     */
    synchronized List<PublishedPort> reserve(
            String containerId, List<PortRequest> requests, EndpointAddresses addresses, NetworkSpec network) {
        var result = new ArrayList<PublishedPort>();
        boolean ipv6 = !requests.isEmpty() && PortHold.hostHasIpv6();
        var holder = new Holder(containerId, addresses);
        try (RelayHandover over = relay == null ? null : relay.handover()) {
            handover = over;
            for (PortRequest request : requests) {
                result.addAll(reserve(request, holder, network, ipv6));
                if (over != null) {
                    over.send();
                }
            }
            if (over != null) {
                over.finish();
            }
            return result;
        } catch (RuntimeException failure) {
            release(result);
            throw failure;
        } finally {
            handover = null;
        }
    }

    synchronized void release(List<PublishedPort> ports) {
        var relayed = new ArrayList<RelayedPort>();
        for (PublishedPort port : ports) {
            var key = new Key(Protocol.of(port.protocol()), port.hostPort());
            List<Claim> here = claims.getOrDefault(key, new ArrayList<>());
            here.removeIf(claim -> {
                boolean it = claim.port().equals(port);
                if (it) {
                    release(claim.hold(), relayed);
                }
                return it;
            });
            if (here.isEmpty()) {
                claims.remove(key);
            }
        }
        if (relay != null && !relayed.isEmpty()) {
            relay.remove(relayed);
        }
    }

    private void release(PortHold hold, List<RelayedPort> relayed) {
        switch (hold) {
            case PortHold.Kept kept -> kept.socket().close();
            case PortHold.Relayed there -> {
                if (handover == null || !handover.drop(there.port())) {
                    relayed.add(there.port());
                }
            }
            case PortHold.Nothing() -> {}
        }
    }

    /**
     * Holds the ports of an attachment that stands; one that another program has taken meanwhile is only told. Those of
     * the relay are after {@link #takeOver}.
     */
    synchronized void adopt(Attachment attachment) {
        var addresses = new EndpointAddresses(attachment.address(), 0, "", attachment.address6(), 0, "");
        var holder = new Holder(attachment.containerId(), addresses);
        for (PublishedPort port : attachment.ports()) {
            if (port.hostPort() != 0) {
                var key = new Key(Protocol.of(port.protocol()), port.hostPort());
                claims.computeIfAbsent(key, any -> new ArrayList<>()).add(new Claim(port, adopted(key, port, holder)));
            }
        }
    }

    private PortHold adopted(Key key, PublishedPort port, Holder holder) {
        if (relay != null && relayed(key, holder)) {
            RelayedPort there = there(key, port, holder);
            relay.adopt(there);
            return new PortHold.Relayed(there);
        }
        try {
            return PortHold.keep(key.protocol(), Subnet.literal(port.hostAddress()), key.port());
        } catch (LinuxException taken) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "port {0}:{1,number,#}/{2} of container {3} is held by another program: {4}",
                    port.hostAddress(),
                    port.hostPort(),
                    port.protocol(),
                    holder.containerId(),
                    taken.getMessage());
            return new PortHold.Nothing();
        }
    }

    /** Has the relay serve what was adopted, and nothing else. */
    void takeOver() {
        if (relay != null) {
            relay.takeOver();
        }
    }

    private boolean relayed(Key key, Holder holder) {
        return relay != null
                && key.protocol() != Protocol.SCTP
                && !holder.target().isEmpty();
    }

    private static RelayedPort there(Key key, PublishedPort port, Holder holder) {
        var target = new InetSocketAddress(Subnet.literal(holder.target()), port.containerPort());
        return new RelayedPort(
                key.protocol(), Subnet.literal(port.hostAddress()), false, key.port(), target, holder.containerId());
    }

    private List<PublishedPort> reserve(PortRequest request, Holder holder, NetworkSpec network, boolean ipv6) {
        Protocol protocol = Protocol.of(request.protocol());
        var result = new ArrayList<PublishedPort>();
        var hosts = new ArrayList<String>();
        for (String host : hostAddresses(request, protocol, holder, ipv6)) {
            if (network.gatewayMode(host.contains(":")) == GatewayMode.ROUTED) {
                result.add(new PublishedPort(request.containerPort(), protocol.toString(), host, 0));
            } else {
                hosts.add(host);
            }
        }
        if (!hosts.isEmpty()) {
            result.addAll(reserve(request, holder, protocol, hosts));
        }
        return result;
    }

    private List<PublishedPort> reserve(PortRequest request, Holder holder, Protocol protocol, List<String> hosts) {
        if (request.hostPortFirst() != 0 && request.hostPortFirst() == request.hostPortLast()) {
            return claim(protocol, request, hosts, request.hostPortFirst(), holder);
        }
        int first = request.hostPortFirst() == 0 ? ephemeral.first() : request.hostPortFirst();
        int last = request.hostPortFirst() == 0 ? ephemeral.last() : request.hostPortLast();
        int start = request.hostPortFirst() == 0 ? ephemeral.next() : first;
        NaruException refused = null;
        for (int i = 0; i <= last - first; i++) {
            int port = first + (start - first + i) % (last - first + 1);
            try {
                return claim(protocol, request, hosts, port, holder);
            } catch (NaruException taken) {
                refused = taken;
            }
        }
        throw refused != null ? refused : NaruException.invalid("invalid port range: " + first + "-" + last);
    }

    /** All addresses of the host are two here: one a family. */
    private List<String> hostAddresses(PortRequest request, Protocol protocol, Holder holder, boolean ipv6) {
        if (!request.hostAddress().isEmpty()) {
            return List.of(AddressText.of(Subnet.literal(request.hostAddress())));
        }
        boolean reachable = !holder.addresses().address6().isEmpty()
                || (relay == null ? protocol == Protocol.TCP : protocol != Protocol.SCTP);
        return reachable && ipv6 ? List.of("0.0.0.0", "::") : List.of("0.0.0.0");
    }

    private List<PublishedPort> claim(
            Protocol protocol, PortRequest request, List<String> hosts, int port, Holder holder) {
        var result = new ArrayList<PublishedPort>();
        var key = new Key(protocol, port);
        for (String host : hosts) {
            refuseDuplicate(key, host);
        }
        try {
            List<PublishedPort> published = hosts.stream()
                    .map(host -> new PublishedPort(request.containerPort(), protocol.toString(), host, port))
                    .toList();
            boolean joined = openJoined(key, published, holder);
            for (PublishedPort each : published) {
                PortHold hold = joined ? new PortHold.Relayed(there(key, each, holder)) : hold(key, each, holder);
                claims.computeIfAbsent(key, any -> new ArrayList<>()).add(new Claim(each, hold));
                result.add(each);
            }
            return result;
        } catch (LinuxException taken) {
            release(result);
            boolean unknown = taken.errno() == Errno.EPROTONOSUPPORT;
            throw new NaruException(
                    unknown ? ErrorKind.NOT_SUPPORTED : ErrorKind.CONFLICT,
                    "failed to bind host port for " + bracket(hosts.getFirst()) + ":" + port + ":"
                            + holder.addresses().address() + ":" + request.containerPort() + "/" + protocol,
                    Errno.message(taken.errno()),
                    unknown
                            ? "load the kernel's module " + protocol + ", or publish the port of another protocol"
                            : null,
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

    private PortHold hold(Key key, PublishedPort port, Holder holder) {
        if (handover == null || !relayed(key, holder)) {
            return PortHold.keep(key.protocol(), Subnet.literal(port.hostAddress()), key.port());
        }
        RelayedPort there = there(key, port, holder);
        handover.open(there);
        return new PortHold.Relayed(there);
    }

    /** Opens one socket for all addresses of both families, if that is what is published. */
    private boolean openJoined(Key key, List<PublishedPort> ports, Holder holder) {
        if (handover == null || ports.size() < 2 || !relayed(key, holder)) {
            return false;
        }
        List<RelayedPort> parts =
                ports.stream().map(port -> there(key, port, holder)).toList();
        Optional<RelayedPort> joined =
                parts.getFirst().joined().filter(both -> both.parts().equals(parts));
        joined.ifPresent(handover::open);
        return joined.isPresent();
    }

    private static String bracket(String host) {
        return host.contains(":") ? "[" + host + "]" : host;
    }

    /** Lets go of what this process keeps. What the relay serves goes on. */
    @Override
    public synchronized void close() {
        for (List<Claim> all : claims.values()) {
            for (Claim claim : all) {
                if (claim.hold() instanceof PortHold.Kept(BoundSocket socket)) {
                    socket.close();
                }
            }
        }
        claims.clear();
        if (relay != null) {
            relay.close();
        }
    }
}
