package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.network.Attachment;
import dev.naru.network.Attachment.PublishedPort;
import dev.naru.network.EndpointSpec.PortRequest;
import dev.naru.wire.ContainerUpdateResponse;
import dev.naru.wire.HostConfigBuilder;
import dev.naru.wire.PortBinding;
import dev.naru.wire.PortChangeRequest;
import dev.naru.wire.PortReach;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Publishes ports of containers that exist, running or not, and says who reaches them. */
final class ContainerPorts {
    private final ContainerTable containers;
    private final ContainerNetworks networks;

    ContainerPorts(ContainerTable containers, ContainerNetworks networks) {
        this.containers = requireNonNull(containers, "containers");
        this.networks = requireNonNull(networks, "networks");
    }

    /**
     * Changes what is published: the kernel first, then record and status together, so that a port in use is not
     * recorded.
     *
     * @throws NaruException CONFLICT when a port is in use, NOT_FOUND when one to remove is not published
     */
    ContainerUpdateResponse change(Container container, PortChangeRequest request) {
        PortSpecs.check(request.add());
        PortSpecs.check(request.remove());
        Map<String, List<PortBinding>> add = PortSpecs.named(request.add());
        Map<String, List<PortBinding>> remove = PortSpecs.named(request.remove());
        if (add.isEmpty() && remove.isEmpty()) {
            throw NaruException.invalid("no port to publish or to remove is given");
        }
        container.lock().lock();
        try {
            requireOwnNetwork(container);
            ContainerRecord next = next(container.record(), add, remove);
            if (container.status().phase().alive()) {
                live(container, next, add, remove);
            } else {
                containers.change(container, next, "update", Map.of());
            }
        } finally {
            container.lock().unlock();
        }
        return new ContainerUpdateResponse(null);
    }

    private static void requireOwnNetwork(Container container) {
        String mode = Values.text(container.record().hostConfig().networkMode());
        if (!(NamespaceMode.network(mode) instanceof NamespaceMode.Own) || mode.equals("none")) {
            throw NaruException.conflict("container " + container.id()
                    + " has no network of its own to publish ports of (network mode " + mode + ")");
        }
    }

    private static ContainerRecord next(
            ContainerRecord record, Map<String, List<PortBinding>> add, Map<String, List<PortBinding>> remove) {
        Map<String, List<PortBinding>> bindings =
                PortChange.applied(record.hostConfig().portBindings(), add, remove);
        return ContainerRecordBuilder.builder(record)
                .config(dev.naru.wire.ContainerConfigBuilder.builder(record.config())
                        .exposedPorts(PortSpecs.exposed(record.config().exposedPorts(), bindings))
                        .build())
                .hostConfig(HostConfigBuilder.builder(record.hostConfig())
                        .portBindings(bindings)
                        .build())
                .build();
    }

    private void live(
            Container container,
            ContainerRecord next,
            Map<String, List<PortBinding>> add,
            Map<String, List<PortBinding>> remove) {
        Attachment before = networks.publishing(
                        container.record(), container.status().attachments())
                .orElseThrow(() -> NaruException.conflict(
                        "container " + container.id() + " has no network that ports can be published of"));
        List<PublishedPort> gone = PortChange.removed(container.record().name(), before.ports(), remove);
        List<PortRequest> more = PortSpecs.requests(add);
        Attachment now = networks.republish(before, more, gone);
        var attachments = new ArrayList<>(container.status().attachments());
        attachments.replaceAll(each -> each.equals(before) ? now : each);
        ContainerStatus status = ContainerStatusBuilder.builder(container.status())
                .attachments(attachments)
                .build();
        try {
            containers.change(container, next, status, List.of(Happening.of(next, "update")));
        } catch (RuntimeException unwritten) {
            networks.republishAs(now, before);
            throw unwritten;
        }
    }

    /** Who reaches each published port, and which rule decides. */
    List<PortReach> explain(Container container) {
        if (!container.status().phase().alive()) {
            throw NaruException.conflict("container " + container.id() + " is not running");
        }
        var all = new ArrayList<PortReach>(closed(container));
        for (Attachment attachment : container.status().attachments()) {
            networks.explain(attachment)
                    .forEach((port, callers) -> all.add(new PortReach(
                            port.containerPort() + "/" + port.protocol(),
                            port.hostAddress(),
                            port.hostPort() == 0 ? "" : Integer.toString(port.hostPort()),
                            callers.stream()
                                    .map(caller -> new PortReach.Caller(
                                            caller.from(),
                                            caller.reaches().name().toLowerCase(java.util.Locale.ROOT),
                                            caller.rules()))
                                    .toList())));
        }
        return all;
    }

    /** Ports that were asked for and that an internal network keeps to itself. */
    private List<PortReach> closed(Container container) {
        Optional<String> inner =
                networks.internal(container.record(), container.status().attachments());
        return inner.map(network -> PortSpecs.requests(container.record()).stream()
                        .map(port -> new PortReach(
                                port.containerPort() + "/" + port.protocol(),
                                "",
                                "",
                                List.of(new PortReach.Caller(
                                        "all",
                                        "no",
                                        List.of("network " + network + " is internal: nothing of it is published")))))
                        .toList())
                .orElse(List.of());
    }
}
