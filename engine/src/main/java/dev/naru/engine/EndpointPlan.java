package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.network.Attachment;
import dev.naru.network.DefaultRoutes;
import dev.naru.network.EndpointSpec;
import dev.naru.network.NetworkSandbox;
import dev.naru.network.SandboxRoutes;
import dev.naru.wire.EndpointIPAMConfig;
import dev.naru.wire.EndpointSettings;
import dev.naru.wire.EndpointSettingsBuilder;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** How each of a container's endpoints is to be: its addresses, and which of them has the default route and the ports. */
final class EndpointPlan {
    static final EndpointSettings NOTHING = EndpointSettingsBuilder.builder().build();

    private static final String INTERFACE = "com.docker.network.endpoint.ifname";
    private static final int SHORT_ID = 12;

    private final ContainerRecord container;
    private final List<Membership.Of> networks;
    private final Optional<Membership.Of> four;
    private final Optional<Membership.Of> six;
    private final List<Attachment> standing;

    EndpointPlan(ContainerRecord container, List<Membership.Of> networks) {
        this(container, networks, List.of());
    }

    private EndpointPlan(ContainerRecord container, List<Membership.Of> networks, List<Attachment> standing) {
        this.container = requireNonNull(container, "container");
        this.networks = List.copyOf(networks);
        this.standing = List.copyOf(standing);
        this.four = Membership.gateway(networks, false);
        this.six = Membership.gateway(networks, true);
    }

    /** For a container that has these connections and gets one more. */
    EndpointPlan live(List<Attachment> attachments) {
        return new EndpointPlan(container, networks, attachments);
    }

    /** With one network its routes are made with it; with several they are led when all stand. */
    EndpointSpec endpoint(Membership.Of each) {
        EndpointSettings settings = each.settings();
        EndpointIPAMConfig addresses = settings.ipamConfig();
        String mac = Values.text(settings.macAddress());
        boolean main =
                each.network().name().equals(Values.text(container.hostConfig().networkMode()));
        return new EndpointSpec(
                container.id(),
                addresses == null ? "" : Values.text(addresses.iPv4Address()),
                addresses == null ? "" : Values.text(addresses.iPv6Address()),
                mac.isEmpty() && main ? Values.text(container.config().macAddress()) : mac,
                publishes(each) ? PortSpecs.requests(container) : List.of(),
                Values.map(settings.driverOpts()).getOrDefault(INTERFACE, ""),
                addresses == null ? List.of() : Values.list(addresses.linkLocalIPs()),
                networks.size() == 1 || (!standing.isEmpty() && isLedAtOnce(each)),
                standing.stream().map(Attachment::containerInterface).toList());
    }

    /** Ports are published where the default route leads, because answers leave there. */
    private boolean publishes(Membership.Of each) {
        Optional<Membership.Of> leading = four.or(() -> six);
        return leading.filter(each::equals).isPresent()
                && standing.stream().allMatch(attachment -> attachment.ports().isEmpty());
    }

    /** Points the default routes where they belong among these connections. */
    void lead(NetworkSandbox sandbox, List<Attachment> attachments) {
        Optional<Attachment> to4 = gateway4(attachments);
        Optional<Attachment> to6 = gateway6(attachments);
        if (to4.isPresent() || to6.isPresent()) {
            SandboxRoutes.lead(sandbox, to4, to6);
        }
    }

    /** Whether a default route that these connections should give is not there. */
    boolean isCutOff(DefaultRoutes there, List<Attachment> attachments) {
        boolean without4 = !there.ipv4() && gateway4(attachments).isPresent();
        boolean without6 = !there.ipv6() && gateway6(attachments).isPresent();
        return without4 || without6;
    }

    private Optional<Attachment> gateway4(List<Attachment> attachments) {
        return of(four, attachments).filter(each -> !each.gateway().isEmpty());
    }

    private Optional<Attachment> gateway6(List<Attachment> attachments) {
        return of(six, attachments).filter(each -> !each.gateway6().isEmpty());
    }

    /** Whether a connection's interface and every default route that it can have are made in one step. */
    boolean isLedAtOnce(Membership.Of each) {
        boolean all = Stream.of(four, six).flatMap(Optional::stream).allMatch(leading -> leading.equals(each));
        return all && each.network().driver().equals("bridge");
    }

    /** Whether a default route leads by this connection. */
    boolean leads(Attachment attachment) {
        return of(four, List.of(attachment)).isPresent()
                || of(six, List.of(attachment)).isPresent();
    }

    /** The connection that the default route belongs to, IPv4's before IPv6's. */
    Optional<Attachment> leading(List<Attachment> attachments) {
        return of(four.or(() -> six), attachments);
    }

    private static Optional<Attachment> of(Optional<Membership.Of> wanted, List<Attachment> attachments) {
        return wanted.flatMap(network -> attachments.stream()
                .filter(each -> each.networkId().equals(network.network().id()))
                .findFirst());
    }

    /** What the container is called in a network. */
    static List<String> names(ContainerRecord container, EndpointSettings settings) {
        var names = new LinkedHashSet<String>();
        names.add(container.name());
        names.addAll(Values.list(settings.aliases()));
        names.add(container.id().substring(0, SHORT_ID));
        String host = Values.text(container.config().hostname());
        if (!host.isEmpty()) {
            names.add(host);
        }
        return new ArrayList<>(names);
    }

    /** @throws NaruException INVALID with Docker's text for addresses in a network whose subnets the engine chose */
    static void check(Membership.Of each, boolean chosenByEngine) {
        EndpointIPAMConfig asked = each.settings().ipamConfig();
        boolean addressed =
                asked != null && !(Values.text(asked.iPv4Address()) + Values.text(asked.iPv6Address())).isEmpty();
        if (addressed && chosenByEngine) {
            throw NaruException.invalid("invalid endpoint settings:\nuser specified IP address is supported only when"
                    + " connecting to networks with user configured subnets");
        }
    }
}
