package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.linux.OwnerMap;
import dev.naru.network.Attachment;
import dev.naru.network.EndpointSpec;
import dev.naru.network.NetworkDriver;
import dev.naru.network.NetworkSandbox;
import dev.naru.network.NetworkSandboxes;
import dev.naru.network.NetworkSpec;
import dev.naru.network.NoInterfaceDriver;
import dev.naru.wire.EndpointIPAMConfig;
import dev.naru.wire.EndpointSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Connects containers to their networks and disconnects them. */
final class ContainerNetworks {
    private static final System.Logger LOG = System.getLogger("naru.engine");

    private final NetworkDriver driver;
    private final NetworkDriver noInterface = new NoInterfaceDriver();
    private final NetworkSandboxes sandboxes;
    private final DefaultNetworks networks;

    ContainerNetworks(NetworkDriver driver, NetworkSandboxes sandboxes, DefaultNetworks networks) {
        this.driver = requireNonNull(driver, "driver");
        this.sandboxes = requireNonNull(sandboxes, "sandboxes");
        this.networks = requireNonNull(networks, "networks");
    }

    /**
     * A container's network while it is being started. Closing lets go of the namespace, which its first process holds.
     *
     * @param sandbox null when the container has the host's or another container's
     */
    record Connection(@Nullable NetworkSandbox sandbox, List<Attachment> attachments) implements AutoCloseable {
        Connection {
            attachments = List.copyOf(attachments);
        }

        /** None yet, or none at all. */
        static Connection none() {
            return new Connection(null, List.of());
        }

        /** The namespace's path, empty for none of its own. */
        String path() {
            return sandbox == null ? "" : sandbox.path().toString();
        }

        @Override
        public void close() {
            if (sandbox != null) {
                sandbox.close();
            }
        }
    }

    /** Whether the container's network namespace is made with it, because it belongs to its user namespace. */
    static boolean isMadeByLaunch(ContainerRecord container, OwnerMap owners) {
        return !owners.isSame()
                && NamespaceMode.network(container.hostConfig().networkMode()) instanceof NamespaceMode.Own;
    }

    /**
     * Connects a container in the network namespace that its launch has made.
     *
     * @param pid its first process
     */
    Connection connect(ContainerRecord container, int pid) {
        NetworkSpec network = network(Values.text(container.hostConfig().networkMode()));
        NetworkSandbox sandbox = sandboxes.madeBy(pid);
        try {
            boolean plain = !network.driver().equals("bridge")
                    || Values.flag(container.config().networkDisabled());
            Attachment attachment = plain
                    ? plain(container, network("none"), sandbox)
                    : driver.attach(network, endpoint(container, network), sandbox);
            return new Connection(sandbox, List.of(attachment));
        } catch (RuntimeException failure) {
            sandbox.close();
            throw failure;
        }
    }

    /** @throws NaruException CONFLICT when a port is in use, NOT_FOUND for an unknown network */
    Connection connect(ContainerRecord container) {
        return switch (NamespaceMode.network(container.hostConfig().networkMode())) {
            case NamespaceMode.Host host -> ofHost(container);
            case NamespaceMode.OfContainer other -> new Connection(null, List.of());
            case NamespaceMode.Own own -> connect(container, network(own.name()));
        };
    }

    private NetworkSpec network(String name) {
        return networks.find(name).orElseThrow(() -> NaruException.notFound("network " + name + " not found"));
    }

    private Connection connect(ContainerRecord container, NetworkSpec network) {
        if (!network.driver().equals("bridge") || Values.flag(container.config().networkDisabled())) {
            NetworkSandbox sandbox = sandboxes.take(container.id());
            return new Connection(sandbox, List.of(plain(container, network("none"), sandbox)));
        }
        NetworkSandbox sandbox = sandboxes.take(container.id(), network);
        try {
            return new Connection(sandbox, List.of(driver.attach(network, endpoint(container, network), sandbox)));
        } catch (RuntimeException failure) {
            sandbox.close();
            throw failure;
        }
    }

    private Connection ofHost(ContainerRecord container) {
        try (NetworkSandbox host =
                sandboxes.ofProcess((int) ProcessHandle.current().pid())) {
            return new Connection(null, List.of(plain(container, network("host"), host)));
        }
    }

    private Attachment plain(ContainerRecord container, NetworkSpec network, NetworkSandbox sandbox) {
        return noInterface.attach(network, endpoint(container, network), sandbox);
    }

    private NetworkDriver driver(NetworkSpec network) {
        return network.driver().equals("bridge") ? driver : noInterface;
    }

    private static EndpointSpec endpoint(ContainerRecord container, NetworkSpec network) {
        EndpointSettings asked = settings(container, network);
        EndpointIPAMConfig addresses = asked == null ? null : asked.ipamConfig();
        String mac = asked == null ? "" : Values.text(asked.macAddress());
        return new EndpointSpec(
                container.id(),
                addresses == null ? "" : Values.text(addresses.iPv4Address()),
                addresses == null ? "" : Values.text(addresses.iPv6Address()),
                mac.isEmpty() ? Values.text(container.config().macAddress()) : mac,
                PortSpecs.requests(container));
    }

    private static @Nullable EndpointSettings settings(ContainerRecord container, NetworkSpec network) {
        if (container.networking() == null) {
            return null;
        }
        Map<String, EndpointSettings> all = Values.map(container.networking().endpointsConfig());
        EndpointSettings named = all.get(network.name());
        return named != null || !network.name().equals("bridge") ? named : all.get("default");
    }

    /** Undoes connections; one that fails is told in the log, because the container is gone in any case. */
    void disconnect(List<Attachment> attachments) {
        for (Attachment attachment : attachments) {
            try {
                networks.find(attachment.networkId())
                        .ifPresent(network -> driver(network).detach(network, attachment));
            } catch (NaruException failure) {
                LOG.log(System.Logger.Level.WARNING, "a network connection of " + attachment.containerId(), failure);
            }
        }
    }

    /** Takes over what stands since an earlier engine, and removes the rest. */
    void takeOver(List<Attachment> alive) {
        var known = new ArrayList<Attachment>();
        for (Attachment attachment : alive) {
            networks.find(attachment.networkId()).ifPresent(network -> {
                driver(network).adopt(network, attachment);
                known.add(attachment);
            });
        }
        driver.reconcile(known);
    }

    /** The events of connecting or disconnecting. */
    List<Happening> happenings(List<Attachment> attachments, String action) {
        var all = new ArrayList<Happening>();
        for (Attachment attachment : attachments) {
            networks.find(attachment.networkId())
                    .ifPresent(network -> all.add(new Happening(
                            "network",
                            action,
                            network.id(),
                            Map.of(
                                    "container", attachment.containerId(),
                                    "name", network.name(),
                                    "type", network.driver()))));
        }
        return all;
    }
}
