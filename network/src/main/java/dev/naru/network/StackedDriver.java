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
import dev.naru.linux.StackedLink;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Interfaces on top of one of the host's, by the kernel's macvlan or ipvlan: containers appear in the host's own network.
 * Nothing stands in the host but the parent, which is a dummy of ours when the network names none.
 */
final class StackedDriver implements NetworkDriver {
    private static final int MOST_INTERFACES = 100;

    private final StackedMode kind;
    private final NetworkPlugins plugins;
    private final Rtnetlink rtnetlink = Rtnetlink.open();
    private final ParentLink parents;
    private final Map<String, Bridge> networks = new ConcurrentHashMap<>();

    StackedDriver(StackedMode kind, NetworkPlugins plugins) {
        this.kind = requireNonNull(kind, "kind");
        this.plugins = requireNonNull(plugins, "plugins");
        this.parents = new ParentLink(rtnetlink, kind);
    }

    @Override
    public void ensure(NetworkSpec network) {
        kind.mode(network);
        kind.flags(network);
        refuseShared(network);
        List<AddressPool> pools = plugins.pools(network);
        Link parent = parents.of(network);
        networks.compute(
                network.id(),
                (id, before) -> before != null && before.spec().equals(network)
                        ? before
                        : new Bridge(network, parent.index(), pools));
    }

    /** The kernel would refuse the second container; this is said when the network is made. */
    private void refuseShared(NetworkSpec network) {
        for (Bridge other : networks.values()) {
            boolean shared = !other.spec().id().equals(network.id())
                    && ParentLink.name(other.spec()).equals(ParentLink.name(network));
            if (shared && kind.takesParent(network)) {
                throw NaruException.invalid("cannot use mode passthru, macvlan network "
                        + other.spec().id() + " is already using parent interface " + ParentLink.name(network));
            }
            if (shared && kind.takesParent(other.spec())) {
                throw NaruException.invalid("macvlan network " + other.spec().id()
                        + " is already using parent interface " + ParentLink.name(network) + " in mode passthru");
            }
        }
    }

    @Override
    public void remove(NetworkSpec network) {
        networks.remove(network.id());
        boolean used = networks.values().stream()
                .anyMatch(other -> ParentLink.name(other.spec()).equals(ParentLink.name(network)));
        if (!used) {
            parents.remove(network);
        }
    }

    @Override
    public Attachment attach(NetworkSpec network, EndpointSpec endpoint, NetworkSandbox sandbox) {
        Bridge pools = pools(network);
        EndpointAddresses addresses = pools.take(endpoint);
        try {
            if (sandbox instanceof KernelSandbox ours) {
                return connect(pools, endpoint, addresses, ours.namespace());
            }
            try (NetworkNamespace namespace = NetworkNamespace.open(sandbox.path())) {
                return connect(pools, endpoint, addresses, namespace);
            }
        } catch (RuntimeException failure) {
            pools.release(addresses.address(), addresses.address6());
            throw failure instanceof LinuxException cause ? refused(network, cause) : failure;
        }
    }

    private NaruException refused(NetworkSpec network, LinuxException failure) {
        boolean missing = failure.errno() == Errno.EOPNOTSUPP;
        return new NaruException(
                missing ? ErrorKind.NOT_SUPPORTED : ErrorKind.INTERNAL,
                "cannot connect a container to network " + network.name(),
                missing ? "this kernel has no " + kind.text() : String.valueOf(failure.getMessage()),
                missing ? "use a network of driver bridge" : null,
                failure);
    }

    private Attachment connect(
            Bridge pools, EndpointSpec endpoint, EndpointAddresses addresses, NetworkNamespace namespace) {
        NetworkSpec network = pools.spec();
        int parent = parents.of(network).index();
        String mac = kind == StackedMode.IPVLAN ? "" : VethPairs.macAddress(endpoint, addresses);
        Link inside = create(network, parent, mac, endpoint.interfaceName(), namespace);
        try {
            boolean routes = kind.routes(network);
            VethPairs.configure(inside, "", routes ? addresses.withoutGateways() : addresses, endpoint, namespace);
            if (routes && endpoint.gateway() && !network.internal()) {
                route(inside, addresses, namespace);
            }
        } catch (RuntimeException failure) {
            namespace.rtnetlink().batch().delete(inside.name()).commit();
            throw failure;
        }
        return new Attachment(
                network.id(),
                VethPairs.endpointId(),
                endpoint.containerId(),
                "",
                inside.name(),
                inside.macAddress(),
                addresses.address(),
                addresses.prefixLength(),
                kind.routes(network) ? "" : addresses.gateway(),
                addresses.address6(),
                addresses.prefixLength6(),
                kind.routes(network) ? "" : addresses.gateway6(),
                List.of());
    }

    private static void route(Link inside, EndpointAddresses addresses, NetworkNamespace namespace) {
        LinkBatch batch = namespace.rtnetlink().batch();
        if (!addresses.address().isEmpty()) {
            batch.linkRoute(inside.index(), false);
        }
        if (!addresses.address6().isEmpty()) {
            batch.linkRoute(inside.index(), true);
        }
        batch.commit();
    }

    private Link create(NetworkSpec network, int parent, String mac, String wanted, NetworkNamespace namespace) {
        for (int i = 0; i < MOST_INTERFACES; i++) {
            String name = wanted.isEmpty() ? InterfaceNames.prefix(network) + i : InterfaceNames.checked(wanted);
            boolean taken = namespace.rtnetlink().link(name).isPresent();
            if (!taken) {
                int mtu = network.option("com.docker.network.driver.mtu").isEmpty() ? 0 : network.mtu();
                // Kernels before 6.13 look for a link of that name here, not in the namespace where it is to be.
                String passing =
                        "ns" + Long.toHexString(ThreadLocalRandom.current().nextLong(1L << 48));
                rtnetlink
                        .batch()
                        .stacked(
                                passing,
                                new StackedLink(kind.text(), parent, kind.mode(network), kind.flags(network), mtu, mac),
                                namespace.descriptor())
                        .commit();
                Link made = namespace.rtnetlink().link(passing).orElseThrow();
                try {
                    namespace
                            .rtnetlink()
                            .batch()
                            .move(made.index(), name, namespace.descriptor())
                            .commit();
                    return namespace.rtnetlink().link(name).orElseThrow();
                } catch (RuntimeException failure) {
                    namespace.rtnetlink().batch().delete(passing).commit();
                    throw failure;
                }
            }
            if (!wanted.isEmpty()) {
                throw NaruException.conflict("interface name " + wanted + " is in use in the container");
            }
        }
        throw new NaruException(ErrorKind.CONFLICT, "a container has at most " + MOST_INTERFACES + " interfaces");
    }

    @Override
    public void detach(NetworkSpec network, Attachment attachment) {
        Bridge pools = networks.get(network.id());
        if (pools != null) {
            pools.release(attachment.address(), attachment.address6());
        }
    }

    @Override
    public void disconnect(NetworkSpec network, Attachment attachment, NetworkSandbox sandbox) {
        if (sandbox instanceof KernelSandbox ours) {
            ours.namespace()
                    .rtnetlink()
                    .batch()
                    .delete(attachment.containerInterface())
                    .commit();
        } else {
            try (NetworkNamespace namespace = NetworkNamespace.open(sandbox.path())) {
                namespace
                        .rtnetlink()
                        .batch()
                        .delete(attachment.containerInterface())
                        .commit();
            }
        }
        detach(network, attachment);
    }

    @Override
    public void adopt(NetworkSpec network, Attachment attachment) {
        pools(network).adopt(attachment);
    }

    @Override
    public void reconcile(List<Attachment> alive) {}

    private Bridge pools(NetworkSpec network) {
        return Bridge.of(network, networks);
    }

    @Override
    public void close() {
        rtnetlink.close();
    }
}
