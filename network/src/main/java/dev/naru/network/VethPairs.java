package dev.naru.network;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Errno;
import dev.naru.linux.Link;
import dev.naru.linux.LinkBatch;
import dev.naru.linux.LinuxException;
import dev.naru.linux.NetworkNamespace;
import dev.naru.linux.Rtnetlink;
import dev.naru.network.Attachment.PublishedPort;
import java.net.Inet6Address;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/** Connects namespaces to bridges by pairs of interfaces. */
final class VethPairs {
    private static final String PREFIX = "veth";
    private static final int MOST_INTERFACES = 100;
    private static final int MOST_WAITS = 50;
    private static final Duration REMOVAL = Duration.ofNanos(300_000);

    private final Rtnetlink host;
    private final Set<String> reserved = ConcurrentHashMap.newKeySet();

    VethPairs(Rtnetlink host) {
        this.host = requireNonNull(host, "host");
    }

    /** Whether an interface is the host's end of a pair made here. */
    static boolean ours(Link link) {
        return link.kind().equals("veth") && link.name().startsWith(PREFIX);
    }

    /** Makes ahead of time what {@link #connect} will need. */
    void prepare(Bridge bridge, KernelSandbox sandbox) {
        VethPair pair = create(bridge, "", sandbox.namespace(), "", List.of());
        reserved.add(pair.outside());
        sandbox.namespace().rtnetlink().batch().up(pair.inside().name()).commit();
        if (!bridge.spec().interContainer()) {
            host.batch().port(pair.outside(), true, false).commit();
        }
        awaitForwarding(pair.outside(), bridge.spec().bridge());
        sandbox.prepared(pair);
    }

    /** Whether an interface waits for its container. */
    boolean isReserved(String name) {
        return reserved.contains(name);
    }

    Attachment connect(
            Bridge bridge,
            EndpointSpec endpoint,
            EndpointAddresses addresses,
            List<PublishedPort> published,
            NetworkSandbox sandbox) {
        if (sandbox instanceof KernelSandbox ours) {
            return connect(bridge, endpoint, addresses, published, ours.namespace(), ours.takePrepared());
        }
        try (NetworkNamespace namespace = NetworkNamespace.open(sandbox.path())) {
            return connect(bridge, endpoint, addresses, published, namespace, Optional.empty());
        }
    }

    private Attachment connect(
            Bridge bridge,
            EndpointSpec endpoint,
            EndpointAddresses addresses,
            List<PublishedPort> published,
            NetworkNamespace namespace,
            Optional<VethPair> prepared) {
        String mac = macAddress(endpoint, addresses);
        String prefix = InterfaceNames.prefix(bridge.spec());
        boolean usual = endpoint.interfaceName().isEmpty() && prefix.equals(InterfaceNames.USUAL);
        Optional<VethPair> usable = prepared.filter(pair -> usual && pair.bridge() == bridge.index());
        if (usable.isEmpty()) {
            prepared.ifPresent(pair -> forget(pair.outside()));
        }
        VethPair pair =
                usable.orElseGet(() -> create(bridge, mac, namespace, endpoint.interfaceName(), endpoint.interfaces()));
        try {
            complete(bridge, pair, mac, addresses, endpoint, published, namespace, usable.isPresent());
        } catch (RuntimeException failure) {
            forget(pair.outside());
            throw failure;
        }
        reserved.remove(pair.outside());
        return new Attachment(
                bridge.spec().id(),
                endpointId(),
                endpoint.containerId(),
                pair.outside(),
                pair.inside().name(),
                mac.isEmpty() ? pair.inside().macAddress() : mac,
                addresses.address(),
                addresses.prefixLength(),
                addresses.gateway(),
                addresses.address6(),
                addresses.prefixLength6(),
                addresses.gateway6(),
                published);
    }

    private void complete(
            Bridge bridge,
            VethPair pair,
            String mac,
            EndpointAddresses addresses,
            EndpointSpec endpoint,
            List<PublishedPort> published,
            NetworkNamespace namespace,
            boolean forwarding) {
        // With bridge-nf-call-iptables a published port that leads back to its user never leaves the bridge.
        boolean hairpin = !published.isEmpty();
        boolean isolated = !bridge.spec().interContainer();
        if (hairpin || (isolated && !forwarding)) {
            host.batch().port(pair.outside(), isolated, hairpin).commit();
        }
        configure(pair.inside(), forwarding ? mac : "", addresses, endpoint, namespace);
        if (!forwarding) {
            awaitForwarding(pair.outside(), bridge.spec().bridge());
        }
    }

    private void forget(String outside) {
        reserved.remove(outside);
        host.batch().delete(outside).commit();
    }

    private static boolean taken(NetworkNamespace namespace, String name) {
        return namespace.rtnetlink().link(name).isPresent();
    }

    /**
     * Makes a pair under the first free name there.
     *
     * @param known names that are taken; when there are any, others are taken to be free until the kernel says no
     */
    private VethPair create(Bridge bridge, String mac, NetworkNamespace namespace, String wanted, List<String> known) {
        boolean asks = known.isEmpty();
        for (int i = 0; i < MOST_INTERFACES; i++) {
            String inside =
                    wanted.isEmpty() ? InterfaceNames.prefix(bridge.spec()) + i : InterfaceNames.checked(wanted);
            // Asking costs little; a pair that cannot be made is made and unmade by the kernel.
            boolean searches = i < MOST_INTERFACES - 1 && wanted.isEmpty();
            if (searches && (known.contains(inside) || (asks && taken(namespace, inside)))) {
                continue;
            }
            String outside = PREFIX
                    + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt(), 7);
            try {
                host.batch()
                        .veth(outside, bridge.index(), 0, bridge.spec().mtu(), inside, mac, namespace.descriptor())
                        .commit();
                return new VethPair(
                        bridge.index(), namespace.rtnetlink().link(inside).orElseThrow(), outside);
            } catch (LinuxException failure) {
                if (failure.errno() != Errno.EEXIST) {
                    throw failure;
                }
                asks = true;
                if (!wanted.isEmpty() && namespace.rtnetlink().link(wanted).isPresent()) {
                    throw NaruException.conflict("interface name " + wanted + " is in use in the container");
                }
            }
        }
        throw new NaruException(ErrorKind.CONFLICT, "a container has at most " + MOST_INTERFACES + " interfaces");
    }

    /**
     * Port and bridge learn of their carrier by work the kernel puts off; being asked for a link it does that at once
     * (net/core/rtnetlink.c, rtnl_getlink, since 6.8). Without this a container's first packets are lost.
     */
    private void awaitForwarding(String outside, String bridge) {
        try {
            for (int i = 0; i < MOST_WAITS && !host.running(outside, bridge); i++) {
                Thread.sleep(1);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Waits until a container has an interface no more. The kernel takes it away in a millisecond or two and only then
     * waits for its processors, which takes ten times as long and concerns nobody. Who asks meanwhile is answered when
     * it is away.
     *
     * @param removal which has the kernel remove it
     */
    static void awaitGone(NetworkSandbox sandbox, String inside, Thread removal) {
        if (sandbox instanceof KernelSandbox ours) {
            awaitGone(ours.namespace(), inside, removal);
        } else {
            try (NetworkNamespace namespace = NetworkNamespace.open(sandbox.path())) {
                awaitGone(namespace, inside, removal);
            }
        }
    }

    private static void awaitGone(NetworkNamespace namespace, String inside, Thread removal) {
        try {
            do {
                Thread.sleep(REMOVAL);
            } while (removal.isAlive() && taken(namespace, inside));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    static void configure(
            Link link, String mac, EndpointAddresses addresses, EndpointSpec endpoint, NetworkNamespace namespace) {
        boolean six = !addresses.address6().isEmpty()
                || endpoint.linkLocal().stream().anyMatch(address -> address.contains(":"));
        if (six) {
            namespace.call(() -> {
                Sysctl.set("ipv6/conf/" + link.name() + "/disable_ipv6", "0");
                return true;
            });
        }
        LinkBatch batch = namespace.rtnetlink().batch();
        if (!mac.isEmpty()) {
            batch.macAddress(link.name(), mac);
        }
        batch.up(link.name());
        add(batch, link, addresses.address(), addresses.prefixLength(), endpoint.gateway() ? addresses.gateway() : "");
        add(
                batch,
                link,
                addresses.address6(),
                addresses.prefixLength6(),
                endpoint.gateway() ? addresses.gateway6() : "");
        for (String address : endpoint.linkLocal()) {
            batch.address(link.index(), Subnet.literal(address), address.contains(":") ? 64 : 16);
        }
        batch.commit();
        if (!addresses.address6().isEmpty()) {
            awaitTaken((Inet6Address) Subnet.literal(addresses.address6()), namespace);
        }
    }

    /**
     * The kernel joins the group in which neighbours ask for an IPv6 address, and takes what is sent there, by work that
     * it puts off (net/ipv6/addrconf.c, addrconf_dad_work). Before that nobody finds the container, and whoever tried
     * tries again after a second only.
     */
    private static void awaitTaken(Inet6Address address, NetworkNamespace namespace) {
        try {
            for (int i = 0; i < MOST_WAITS && !namespace.rtnetlink().takes(address); i++) {
                Thread.sleep(1);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private static void add(LinkBatch batch, Link link, String address, int prefixLength, String gateway) {
        if (!address.isEmpty()) {
            batch.address(link.index(), Subnet.literal(address), prefixLength);
        }
        if (!gateway.isEmpty()) {
            batch.defaultRoute(link.index(), Subnet.literal(gateway));
        }
    }

    static String macAddress(EndpointSpec endpoint, EndpointAddresses addresses) {
        if (!endpoint.macAddress().isEmpty()) {
            return MacAddress.checked(endpoint.macAddress());
        }
        String address = addresses.address().isEmpty() ? addresses.address6() : addresses.address();
        return address.isEmpty() ? "" : MacAddress.of(Subnet.literal(address));
    }

    static String endpointId() {
        ByteBuffer bytes = ByteBuffer.allocate(32);
        for (UUID part : List.of(UUID.randomUUID(), UUID.randomUUID())) {
            bytes.putLong(part.getMostSignificantBits()).putLong(part.getLeastSignificantBits());
        }
        return HexFormat.of().formatHex(bytes.array());
    }
}
