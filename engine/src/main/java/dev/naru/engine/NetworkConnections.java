package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.network.Attachment;
import dev.naru.network.NetworkSpec;
import dev.naru.wire.EndpointSettings;
import dev.naru.wire.EndpointSettingsBuilder;
import dev.naru.wire.NetworkConnectRequest;
import dev.naru.wire.NetworkDisconnectRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Connects containers to networks and disconnects them, running or not. */
final class NetworkConnections {
    private final NetworkTable networks;
    private final ContainerTable containers;
    private final ContainerNetworks connections;
    private final NetworkFiles files;

    NetworkConnections(
            NetworkTable networks, ContainerTable containers, ContainerNetworks connections, NetworkFiles files) {
        this.networks = requireNonNull(networks, "networks");
        this.containers = requireNonNull(containers, "containers");
        this.connections = requireNonNull(connections, "connections");
        this.files = requireNonNull(files, "files");
    }

    /** @throws NaruException with Docker's kinds and texts */
    void connect(String id, NetworkConnectRequest request) {
        Container container = container(request.container());
        NetworkSpec network = networks.get(id);
        EndpointSettings settings = request.endpointConfig() == null
                ? EndpointSettingsBuilder.builder().build()
                : request.endpointConfig();
        NetworkingCheck.live(network.name(), settings, networks::configured);
        container.lock().lock();
        try {
            Map<String, EndpointSettings> wanted = new TreeMap<>(Membership.of(container.record()));
            refuse(container, network, wanted);
            wanted.put(network.name(), settings);
            ContainerRecord next = Membership.with(container.record(), wanted);
            if (container.status().phase().alive()) {
                join(container, network, next);
            } else {
                containers.change(container, next, container.status(), List.of());
            }
        } finally {
            container.lock().unlock();
        }
    }

    private static void refuse(Container container, NetworkSpec network, Map<String, EndpointSettings> wanted) {
        NamespaceMode mode =
                NamespaceMode.network(container.record().hostConfig().networkMode());
        if (network.name().equals("host") && !(mode instanceof NamespaceMode.Host)) {
            throw NaruException.invalid(
                    "cannot connect container to host network - container must be created in host" + " network mode");
        }
        if (!(mode instanceof NamespaceMode.Own)) {
            throw NaruException.invalid("container sharing network namespace with another container or host cannot be"
                    + " connected to any other network");
        }
        boolean privately = wanted.containsKey("none") || (network.name().equals("none") && !wanted.isEmpty());
        if (privately) {
            throw NaruException.invalid(
                    "container cannot be connected to multiple networks with one of the networks in private (none)"
                            + " mode");
        }
        boolean connected = container.status().attachments().stream()
                .anyMatch(attachment -> attachment.networkId().equals(network.id()));
        if (container.status().phase().alive() && connected) {
            throw new NaruException(
                    ErrorKind.FORBIDDEN,
                    "endpoint with name " + container.record().name() + " already exists in network " + network.name());
        }
    }

    private void join(Container container, NetworkSpec network, ContainerRecord next) {
        ContainerStatus status = container.status();
        ContainerRecord before = container.record();
        ContainerNetworks.Joined joined = connections.join(before, next, network, status.attachments(), status.pid());
        try (joined) {
            ContainerStatus now = ContainerStatusBuilder.builder(status)
                    .attachments(joined.all())
                    .build();
            // The disk takes as long as the rest does.
            Alongside writing = Alongside.begin(() -> containers.change(
                    container, next, now, List.of(ContainerNetworks.happening(network, container.id(), "connect"))));
            try {
                connections.tell(next, network, joined);
                files.add(before, next, joined.attachment());
                writing.join();
            } catch (RuntimeException failure) {
                writing.settle();
                undo(container, before, status, joined, failure);
                throw failure;
            }
        }
        connections.settled();
    }

    /** A container that nobody finds by its name has not joined, nor has one of which that is not written. */
    private void undo(
            Container container,
            ContainerRecord before,
            ContainerStatus status,
            ContainerNetworks.Joined joined,
            RuntimeException failure) {
        try {
            ContainerRecord now = container.record();
            if (!now.equals(before)) {
                containers.change(
                        container, before, status, connections.happenings(List.of(joined.attachment()), "disconnect"));
            }
            connections.leave(before, joined.attachment(), joined.rest(), status.attachments(), status.pid());
            files.remove(now, before, joined.attachment());
        } catch (RuntimeException another) {
            failure.addSuppressed(another);
        }
    }

    /** @throws NaruException with Docker's kinds and texts */
    void disconnect(String id, NetworkDisconnectRequest request) {
        NetworkSpec network = networks.get(id);
        String name = Values.text(request.container());
        if (Values.flag(request.force()) && containers.find(name).isEmpty() && !name.isEmpty()) {
            throw NaruException.notFound("endpoint " + name + " not found");
        }
        Container container = container(name);
        container.lock().lock();
        try {
            boolean host =
                    NamespaceMode.network(container.record().hostConfig().networkMode()) instanceof NamespaceMode.Host;
            if (network.name().equals("host") && host) {
                throw NaruException.invalid("cannot disconnect container from host network - container was created in"
                        + " host network mode");
            }
            Map<String, EndpointSettings> wanted = new TreeMap<>(Membership.of(container.record()));
            if (wanted.remove(network.name()) == null || host) {
                throw new NaruException(
                        ErrorKind.INTERNAL,
                        "container " + container.id() + " is not connected to network " + network.name());
            }
            leave(container, network, Membership.with(container.record(), wanted));
        } finally {
            container.lock().unlock();
        }
    }

    /** Written before the interface goes: a new engine removes what nobody is written to have. */
    private void leave(Container container, NetworkSpec network, ContainerRecord next) {
        ContainerStatus status = container.status();
        ContainerRecord before = container.record();
        var rest = new ArrayList<>(status.attachments());
        rest.removeIf(attachment -> attachment.networkId().equals(network.id()));
        Attachment gone = status.attachments().stream()
                .filter(attachment -> attachment.networkId().equals(network.id()))
                .findFirst()
                .orElse(null);
        if (gone == null) {
            containers.change(container, next, status, List.of());
            return;
        }
        List<Attachment> planned = connections.without(next, gone, rest);
        containers.change(
                container,
                next,
                ContainerStatusBuilder.builder(status).attachments(planned).build(),
                List.of(ContainerNetworks.happening(network, container.id(), "disconnect")));
        List<Attachment> now = connections.leave(next, gone, rest, planned, status.pid());
        if (!now.equals(planned)) {
            containers.change(
                    container,
                    next,
                    ContainerStatusBuilder.builder(container.status())
                            .attachments(now)
                            .build(),
                    List.of());
        }
        files.remove(before, next, gone);
        connections.settled();
    }

    private Container container(@Nullable String idOrName) {
        String name = Values.text(idOrName);
        if (name.isEmpty()) {
            throw NaruException.invalid("invalid name or ID supplied: \"\"");
        }
        return containers.get(name);
    }
}
