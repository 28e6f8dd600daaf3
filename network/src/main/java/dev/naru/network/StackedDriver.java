package dev.naru.network;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Errno;
import dev.naru.linux.Link;
import dev.naru.linux.LinuxException;
import dev.naru.linux.NetworkNamespace;
import dev.naru.linux.Rtnetlink;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Interfaces on top of one of the host's, by the kernel's macvlan or ipvlan: containers appear in the host's own network.
 * Nothing stands in the host but the parent, which is a dummy of ours when the network names none.
 */
final class StackedDriver implements NetworkDriver {
    private static final int SHORT_ID = 10;
    private static final int MOST_INTERFACES = 100;

    private final Kind kind;
    private final Rtnetlink rtnetlink = Rtnetlink.open();
    private final Map<String, Bridge> networks = new ConcurrentHashMap<>();

    StackedDriver(Kind kind) {
        this.kind = requireNonNull(kind, "kind");
    }

    /** The two kinds, with the modes of linux/if_link.h. */
    enum Kind {
        MACVLAN("macvlan", "bridge"),
        IPVLAN("ipvlan", "l2");

        private final String text;
        private final String usual;

        Kind(String text, String usual) {
            this.text = text;
            this.usual = usual;
        }

        private int number(String mode) {
            return switch (text + " " + mode) {
                case "macvlan private", "ipvlan l3" -> 1;
                case "macvlan vepa", "ipvlan l3s" -> 2;
                case "macvlan bridge" -> 4;
                case "macvlan passthru" -> 8;
                case "ipvlan l2" -> 0;
                default -> -1;
            };
        }

        int mode(NetworkSpec network) {
            String asked = network.option(text + "_mode");
            int mode = number(asked.isEmpty() ? usual : asked);
            if (mode < 0) {
                throw NaruException.invalid("requested " + text + " mode '" + asked + "' is not valid, '" + usual
                        + "' mode is the " + text + " driver default");
            }
            return mode;
        }
    }

    @Override
    public void ensure(NetworkSpec network) {
        kind.mode(network);
        List<AddressPool> pools = network.pools().stream().map(AddressPool::new).toList();
        Link parent = parent(network);
        networks.compute(
                network.id(),
                (id, before) -> before != null && before.spec().equals(network)
                        ? before
                        : new Bridge(network, parent.index(), pools));
    }

    private Link parent(NetworkSpec network) {
        String asked = network.option("parent");
        if (!asked.isEmpty()) {
            return rtnetlink
                    .link(asked)
                    .orElseThrow(() -> NaruException.invalid("the " + kind.text + " driver needs the host's interface "
                            + asked + " as parent, which is not there: make it, or name another by -o parent="));
        }
        String dummy = dummy(network);
        return rtnetlink.link(dummy).orElseGet(() -> made(dummy));
    }

    private Link made(String dummy) {
        try {
            rtnetlink.batch().plain("dummy", dummy).up(dummy).commit();
            return rtnetlink.link(dummy).orElseThrow();
        } catch (LinuxException failure) {
            if (failure.errno() == Errno.EOPNOTSUPP) {
                throw new NaruException(
                        ErrorKind.NOT_SUPPORTED,
                        "cannot make a parent for the " + kind.text + " network",
                        "this kernel has no dummy interfaces",
                        "name one of the host's interfaces by -o parent=",
                        failure);
            }
            throw failure;
        }
    }

    private static String dummy(NetworkSpec network) {
        return "dm-" + network.id().substring(0, SHORT_ID);
    }

    @Override
    public void remove(NetworkSpec network) {
        networks.remove(network.id());
        if (network.option("parent").isEmpty()) {
            rtnetlink.batch().delete(dummy(network)).commit();
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
                missing ? "this kernel has no " + kind.text : String.valueOf(failure.getMessage()),
                missing ? "use a network of driver bridge" : null,
                failure);
    }

    private Attachment connect(
            Bridge pools, EndpointSpec endpoint, EndpointAddresses addresses, NetworkNamespace namespace) {
        NetworkSpec network = pools.spec();
        int parent = parent(network).index();
        String mac = kind == Kind.IPVLAN ? "" : VethPairs.macAddress(endpoint, addresses);
        Link inside = create(network, parent, mac, endpoint.interfaceName(), namespace);
        try {
            VethPairs.configure(inside, "", addresses, endpoint, namespace);
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
                addresses.gateway(),
                addresses.address6(),
                addresses.prefixLength6(),
                addresses.gateway6(),
                List.of());
    }

    private Link create(NetworkSpec network, int parent, String mac, String wanted, NetworkNamespace namespace) {
        for (int i = 0; i < MOST_INTERFACES; i++) {
            String name = wanted.isEmpty() ? InterfaceNames.prefix(network) + i : InterfaceNames.checked(wanted);
            boolean taken = namespace.rtnetlink().link(name).isPresent();
            if (!taken) {
                int mtu = network.option("com.docker.network.driver.mtu").isEmpty() ? 0 : network.mtu();
                rtnetlink
                        .batch()
                        .stacked(kind.text, name, parent, kind.mode(network), mtu, mac, namespace.descriptor())
                        .commit();
                return namespace.rtnetlink().link(name).orElseThrow();
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
        Bridge pools = networks.get(network.id());
        if (pools == null) {
            throw NaruException.notFound("network " + network.name() + " not found");
        }
        return pools;
    }

    @Override
    public void close() {
        rtnetlink.close();
    }
}
