package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.network.Attachment;
import dev.naru.network.Attachment.PublishedPort;
import dev.naru.network.EndpointSpec.PortRequest;
import dev.naru.network.NetworkDriver;
import dev.naru.network.NetworkSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Published ports of a running container that go to another of its networks, because answers leave where the default
 * route leads. The host's ports stay the same.
 */
final class PortMove {
    private static final System.Logger LOG = System.getLogger("naru.engine");
    private static final Set<String> ALL_ADDRESSES = Set.of("0.0.0.0", "::");

    private final NetworkDriver driver;
    private final NetworkTable networks;

    PortMove(NetworkDriver driver, NetworkTable networks) {
        this.driver = requireNonNull(driver, "driver");
        this.networks = requireNonNull(networks, "networks");
    }

    /** Whether a network publishes ports. */
    static boolean publishes(NetworkSpec network) {
        return network.driver().equals("bridge") && !network.internal();
    }

    private boolean publishes(Attachment attachment) {
        return networks.find(attachment.networkId()).filter(PortMove::publishes).isPresent();
    }

    /**
     * Moves the ports to the connection that leads out, if that publishes any; else they stay.
     *
     * @return the connections as they are then
     */
    List<Attachment> toLeading(EndpointPlan plan, List<Attachment> attachments) {
        Optional<Attachment> to = plan.leading(attachments).filter(this::publishes);
        Optional<Attachment> from =
                attachments.stream().filter(each -> !each.ports().isEmpty()).findFirst();
        if (to.isEmpty() || from.isEmpty() || to.equals(from)) {
            return attachments;
        }
        List<PublishedPort> ports = from.get().ports();
        Attachment bare = driver.republish(network(from.get()), from.get(), List.of(), ports);
        try {
            Attachment full = driver.republish(network(to.get()), to.get(), requests(ports), List.of());
            return replaced(replaced(attachments, from.get(), bare), to.get(), full);
        } catch (RuntimeException failure) {
            driver.republish(network(bare), bare, requests(ports), List.of());
            throw failure;
        }
    }

    private NetworkSpec network(Attachment attachment) {
        return networks.get(attachment.networkId());
    }

    /** The connections that stay as they will be when one has gone: its ports are at the one that leads out then. */
    List<Attachment> inherited(EndpointPlan plan, Attachment gone, List<Attachment> rest) {
        return plan.leading(rest)
                .filter(this::publishes)
                .map(heir -> replaced(rest, heir, heir.withPorts(gone.ports())))
                .orElse(rest);
    }

    /**
     * Publishes what a connection that has gone had.
     *
     * @param planned as {@link #inherited} said
     * @return the connections as they are now; without the ports when they are not to be had
     */
    List<Attachment> inherit(List<Attachment> rest, List<Attachment> planned) {
        var now = new ArrayList<Attachment>();
        for (int i = 0; i < rest.size(); i++) {
            Attachment before = rest.get(i);
            List<PublishedPort> ports = planned.get(i).ports();
            now.add(before.ports().equals(ports) ? before : published(before, ports));
        }
        return now;
    }

    private Attachment published(Attachment attachment, List<PublishedPort> ports) {
        try {
            return driver.republish(network(attachment), attachment, requests(ports), List.of());
        } catch (NaruException failure) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the ports of container " + attachment.containerId() + " are not published any more",
                    failure);
            return attachment;
        }
    }

    private static List<Attachment> replaced(List<Attachment> all, Attachment before, Attachment now) {
        var next = new ArrayList<>(all);
        next.replaceAll(each -> each.equals(before) ? now : each);
        return next;
    }

    private record Port(int containerPort, String protocol, int hostPort) {}

    /** Both families' addresses are one request, as they were, so that one socket holds the port for both. */
    static List<PortRequest> requests(List<PublishedPort> ports) {
        Map<Port, Set<String>> byPort = new LinkedHashMap<>();
        for (PublishedPort port : ports) {
            byPort.computeIfAbsent(
                            new Port(port.containerPort(), port.protocol(), port.hostPort()),
                            any -> new LinkedHashSet<>())
                    .add(port.hostAddress());
        }
        var requests = new ArrayList<PortRequest>();
        byPort.forEach((port, addresses) -> {
            if (addresses.containsAll(ALL_ADDRESSES)) {
                addresses.removeAll(ALL_ADDRESSES);
                requests.add(request(port, ""));
            }
            addresses.forEach(address -> requests.add(request(port, address)));
        });
        return requests;
    }

    private static PortRequest request(Port port, String address) {
        return new PortRequest(port.containerPort(), port.protocol(), address, port.hostPort(), port.hostPort());
    }
}
