package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.network.Attachment;
import dev.naru.network.NetworkSpec;
import dev.naru.wire.EndpointSettings;
import dev.naru.wire.EndpointSettingsBuilder;
import dev.naru.wire.NetworkSettings;
import dev.naru.wire.NetworkSettingsBuilder;
import dev.naru.wire.PortBinding;
import dev.naru.wire.PortSummary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What clients are told of a container's networks and ports. */
final class NetworkView {
    private final NetworkTable networks;

    NetworkView(NetworkTable networks) {
        this.networks = requireNonNull(networks, "networks");
    }

    NetworkSettings settings(Container container, String bridge) {
        ContainerStatus status = container.status();
        boolean sandboxed = status.phase().alive() && isConnectable(container.record());
        Attachment main = main(status);
        return NetworkSettingsBuilder.builder()
                .bridge(hasBeenOnBridge(container) ? bridge : "")
                .sandboxID(sandboxed ? container.id() : "")
                .sandboxKey(sandboxed ? "/proc/" + status.pid() + "/ns/net" : "")
                .ports(bindings(container))
                .hairpinMode(false)
                .linkLocalIPv6Address("")
                .linkLocalIPv6PrefixLen(0)
                .endpointID(main == null ? "" : main.endpointId())
                .gateway(main == null ? "" : main.gateway())
                .globalIPv6Address(main == null ? "" : main.address6())
                .globalIPv6PrefixLen(main == null ? 0 : main.prefixLength6())
                .ipAddress(main == null ? "" : main.address())
                .ipPrefixLen(main == null ? 0 : main.prefixLength())
                .iPv6Gateway(main == null ? "" : main.gateway6())
                .macAddress(main == null ? configuredMac(container.record()) : main.macAddress())
                .networks(endpoints(container))
                .build();
    }

    /** Docker keeps the bridge's name and the networks' ids when a container ends. */
    private static boolean hasBeenOnBridge(Container container) {
        ContainerRecord record = container.record();
        return container.status().startedAt() != 0
                && isConnectable(record)
                && Values.text(record.hostConfig().networkMode()).equals("bridge");
    }

    /** Whether it has networks of its own choice, or the host's. */
    private static boolean isConnectable(ContainerRecord record) {
        return !Values.flag(record.config().networkDisabled())
                && !(NamespaceMode.network(record.hostConfig().networkMode()) instanceof NamespaceMode.OfContainer);
    }

    /** The address that was asked for where the container's first network is. */
    static @Nullable String wantedMac(ContainerRecord record) {
        String mode = Values.text(record.hostConfig().networkMode());
        EndpointSettings asked = Membership.of(record).get(mode);
        String own = asked == null ? "" : Values.text(asked.macAddress());
        String wanted = own.isEmpty() ? Values.text(record.config().macAddress()) : own;
        return wanted.isEmpty() ? null : wanted;
    }

    /** The fields of old are those of the default bridge network. */
    private @Nullable Attachment main(ContainerStatus status) {
        if (!status.phase().alive()) {
            return null;
        }
        String bridge = networks.bridge().id();
        return status.attachments().stream()
                .filter(attachment -> attachment.networkId().equals(bridge))
                .findFirst()
                .orElse(null);
    }

    private static String configuredMac(ContainerRecord record) {
        String mode = Values.text(record.hostConfig().networkMode());
        String wanted = mode.equals("bridge") ? wantedMac(record) : null;
        return wanted == null ? "" : wanted;
    }

    /** By the networks' names; with another container's network or none at all there are none. */
    Map<String, EndpointSettings> endpoints(Container container) {
        ContainerRecord record = container.record();
        var endpoints = new LinkedHashMap<String, EndpointSettings>();
        if (isConnectable(record)) {
            Membership.of(record).forEach((name, asked) -> endpoints.put(name, endpoint(container, name, asked)));
        }
        return endpoints;
    }

    private EndpointSettings endpoint(Container container, String network, EndpointSettings asked) {
        ContainerStatus status = container.status();
        EndpointSettingsBuilder shown = EndpointSettingsBuilder.builder()
                .ipamConfig(asked.ipamConfig())
                .links(asked.links())
                .aliases(asked.aliases())
                .driverOpts(asked.driverOpts());
        NetworkSpec spec =
                networks.find(network).filter(known -> status.startedAt() != 0).orElse(null);
        Attachment attachment = spec == null || !status.phase().alive()
                ? null
                : status.attachments().stream()
                        .filter(each -> each.networkId().equals(spec.id()))
                        .findFirst()
                        .orElse(null);
        boolean named = spec != null && networks.record(spec).isPresent();
        String main = Values.text(container.record().hostConfig().networkMode());
        shown.gwPriority(Values.number(asked.gwPriority()))
                .networkID(spec == null ? "" : spec.id())
                .macAddress(
                        network.equals(main)
                                ? Values.text(wantedMac(container.record()))
                                : Values.text(asked.macAddress()))
                .dnsNames(named ? EndpointPlan.names(container.record(), asked) : null);
        return attachment == null ? empty(shown) : filled(shown, attachment);
    }

    private static EndpointSettings empty(EndpointSettingsBuilder shown) {
        return shown.endpointID("")
                .gateway("")
                .ipAddress("")
                .ipPrefixLen(0)
                .iPv6Gateway("")
                .globalIPv6Address("")
                .globalIPv6PrefixLen(0L)
                .build();
    }

    private static EndpointSettings filled(EndpointSettingsBuilder shown, Attachment attachment) {
        return shown.endpointID(attachment.endpointId())
                .macAddress(attachment.macAddress())
                .gateway(attachment.gateway())
                .ipAddress(attachment.address())
                .ipPrefixLen(attachment.prefixLength())
                .iPv6Gateway(attachment.gateway6())
                .globalIPv6Address(attachment.address6())
                .globalIPv6PrefixLen((long) attachment.prefixLength6())
                .build();
    }

    /** Exposed ports with where they are published; null for one that isn't. */
    private static Map<String, @Nullable List<PortBinding>> bindings(Container container) {
        var bindings = new TreeMap<String, @Nullable List<PortBinding>>();
        if (!connected(container)) {
            return bindings;
        }
        Values.map(container.record().config().exposedPorts()).keySet().forEach(port -> bindings.put(port, null));
        for (Attachment attachment : container.status().attachments()) {
            for (Attachment.PublishedPort port : attachment.ports()) {
                bindings.computeIfAbsent(port.containerPort() + "/" + port.protocol(), name -> new ArrayList<>())
                        .add(new PortBinding(
                                address(port), port.hostPort() == 0 ? "" : Integer.toString(port.hostPort())));
            }
        }
        return bindings;
    }

    private static boolean connected(Container container) {
        return container.status().phase().alive()
                && NamespaceMode.network(container.record().hostConfig().networkMode()) instanceof NamespaceMode.Own;
    }

    private static String address(Attachment.PublishedPort port) {
        return port.hostAddress().isEmpty() ? "0.0.0.0" : port.hostAddress();
    }

    /** The ports as {@code docker ps} lists them. */
    static List<PortSummary> ports(Container container) {
        if (!connected(container)) {
            return List.of();
        }
        var ports = new ArrayList<PortSummary>();
        bindings(container).forEach((name, hosts) -> {
            PortSpecs.Ports port = PortSpecs.parse(name);
            if (hosts == null) {
                ports.add(new PortSummary(null, port.first(), null, port.protocol()));
            }
            for (PortBinding host : Values.list(hosts)) {
                ports.add(new PortSummary(host.hostIp(), port.first(), number(host.hostPort()), port.protocol()));
            }
        });
        return ports;
    }

    /** A port that is reached at the container's own address has none on the host. */
    private static int number(@Nullable String hostPort) {
        String text = Values.text(hostPort);
        return text.isEmpty() ? 0 : Integer.parseInt(text);
    }
}
