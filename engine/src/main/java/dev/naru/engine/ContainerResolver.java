package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.network.Attachment;
import dev.naru.network.NamedEndpoint;
import dev.naru.network.NetworkSandbox;
import dev.naru.network.NetworkSpec;
import dev.naru.network.Resolver;
import dev.naru.network.ResolverClient;
import dev.naru.wire.EndpointSettings;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** Keeps the resolver told of who runs, what they are called in which network, and whom they may ask. */
final class ContainerResolver implements EndpointWatch, AutoCloseable {
    private static final System.Logger LOG = System.getLogger("naru.engine");
    private static final Set<String> WITHOUT = Set.of("bridge", "host", "none");

    private final Resolver resolver;
    private final NetworkTable networks;
    private final ContainerTable containers;
    private final ContainerNameServers servers;

    ContainerResolver(
            Resolver resolver, NetworkTable networks, ContainerTable containers, ContainerNameServers servers) {
        this.resolver = requireNonNull(resolver, "resolver");
        this.networks = requireNonNull(networks, "networks");
        this.containers = requireNonNull(containers, "containers");
        this.servers = requireNonNull(servers, "servers");
    }

    /** Whether a container asks 127.0.0.11: one that is in a network that a client made. */
    static boolean serves(ContainerRecord container) {
        return NamespaceMode.network(container.hostConfig().networkMode()) instanceof NamespaceMode.Own
                && !Values.flag(container.config().networkDisabled())
                && !WITHOUT.containsAll(Membership.of(container).keySet());
    }

    /** @throws NaruException UNAVAILABLE when the resolver can't be had */
    @Override
    public void beginning(ContainerRecord container, List<Attachment> attachments, NetworkSandbox sandbox, int pid) {
        if (isServed(attachments)) {
            resolver.serve(client(container, attachments, pid), sandbox);
        }
    }

    /** Nobody asks from the container any more. */
    @Override
    public void ended(String containerId) {
        resolver.leave(containerId);
        resolver.settle();
    }

    @Override
    public boolean isInside(String containerId) {
        return resolver.isServed(containerId);
    }

    @Override
    public void settled() {
        resolver.settle();
    }

    @Override
    public void takenOver() {
        var clients = new ArrayList<ResolverClient>();
        var endpoints = new ArrayList<NamedEndpoint>();
        for (Container container : containers.all()) {
            ContainerStatus status = container.status();
            if (status.phase().alive() && isServed(status.attachments())) {
                clients.add(client(container.record(), status.attachments(), status.pid()));
                status.attachments().stream()
                        .flatMap(each -> endpoint(container.record(), each))
                        .forEach(endpoints::add);
            }
        }
        try {
            resolver.takeOver(clients, endpoints);
        } catch (NaruException failure) {
            LOG.log(System.Logger.Level.WARNING, "containers get no answer for names", failure);
        }
    }

    @Override
    public void attached(ContainerRecord container, Endpoint endpoint, NetworkSandbox sandbox) {
        if (!Resolver.serves(endpoint.network())) {
            return;
        }
        named(container, endpoint.network(), endpoint.attachment(), endpoint.names())
                .forEach(resolver::announce);
        containers
                .find(container.id())
                .filter(running -> running.status().phase().alive())
                .ifPresent(running -> {
                    // It may be written among them already.
                    var all = new LinkedHashSet<>(running.status().attachments());
                    all.add(endpoint.attachment());
                    joined(client(container, List.copyOf(all), running.status().pid()), sandbox);
                });
    }

    private void joined(ResolverClient client, NetworkSandbox sandbox) {
        if (resolver.isServed(client.id())) {
            resolver.change(client);
        } else {
            resolver.serveSoon(client, sandbox);
        }
    }

    @Override
    public void detached(String containerId, Endpoint endpoint) {
        if (!Resolver.serves(endpoint.network())) {
            return;
        }
        resolver.forget(endpoint.network().id(), containerId);
        // One that has ended has no names any more, and leaves soon.
        if (!endpoint.names().isEmpty()) {
            containers.find(containerId).ifPresent(this::changed);
        }
    }

    /** One that has left its last network with names keeps what was made inside: it may ask on, and come again. */
    private void changed(Container container) {
        ContainerStatus status = container.status();
        resolver.change(client(container.record(), status.attachments(), status.pid()));
    }

    @Override
    public void renamed(Container container) {
        if (container.status().phase().alive()) {
            container.status().attachments().stream()
                    .flatMap(each -> endpoint(container.record(), each))
                    .forEach(resolver::announce);
            resolver.settle();
        }
    }

    private boolean isServed(List<Attachment> attachments) {
        return attachments.stream().flatMap(this::network).anyMatch(Resolver::serves);
    }

    private Stream<NetworkSpec> network(Attachment attachment) {
        return networks.find(attachment.networkId()).stream();
    }

    private Stream<NamedEndpoint> endpoint(ContainerRecord container, Attachment attachment) {
        return network(attachment).filter(Resolver::serves).flatMap(network -> {
            EndpointSettings settings = Membership.of(container).get(network.name());
            return named(
                    container,
                    network,
                    attachment,
                    EndpointPlan.names(container, settings == null ? EndpointPlan.NOTHING : settings));
        });
    }

    /** Each name is also known with the network's behind it. */
    private static Stream<NamedEndpoint> named(
            ContainerRecord container, NetworkSpec network, Attachment attachment, List<String> names) {
        var all = new ArrayList<>(names);
        names.forEach(name -> all.add(name + "." + network.name()));
        return Stream.of(new NamedEndpoint(
                network.id(), container.id(), all, container.name() + "." + network.name(), addresses(attachment)));
    }

    private static List<InetAddress> addresses(Attachment attachment) {
        return Stream.of(attachment.address(), attachment.address6())
                .filter(address -> !address.isEmpty())
                .map(InetAddress::ofLiteral)
                .toList();
    }

    private ResolverClient client(ContainerRecord container, List<Attachment> attachments, int pid) {
        List<NetworkSpec> all = attachments.stream().flatMap(this::network).toList();
        return new ResolverClient(
                container.id(),
                pid,
                all.stream().filter(Resolver::serves).map(NetworkSpec::id).toList(),
                servers.of(container.hostConfig()),
                all.stream().anyMatch(network -> !network.internal()),
                servers.names(container.hostConfig(), attachments),
                links(container));
    }

    private Map<String, String> links(ContainerRecord container) {
        var asked = new ArrayList<>(Values.list(container.hostConfig().links()));
        Membership.of(container).values().stream()
                .filter(Objects::nonNull)
                .forEach(settings -> asked.addAll(Values.list(settings.links())));
        var links = new HashMap<String, String>();
        for (String text : asked) {
            Link link = Link.parse(text);
            containers.find(link.container()).ifPresent(other -> links.put(link.alias(), other.id()));
        }
        return links;
    }

    @Override
    public void close() {
        resolver.close();
    }
}
