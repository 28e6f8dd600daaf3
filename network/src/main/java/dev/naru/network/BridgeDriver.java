package dev.naru.network;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Conntrack;
import dev.naru.linux.Link;
import dev.naru.linux.LinkBatch;
import dev.naru.linux.LinuxException;
import dev.naru.linux.Nftables;
import dev.naru.linux.Rtnetlink;
import dev.naru.network.Attachment.PublishedPort;
import dev.naru.network.EndpointSpec.PortRequest;
import dev.naru.plugin.PluginDirectories;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Networks of a bridge each, with published ports in a table of the instance's name. At the start of an engine:
 * {@link #ensure} every network, {@link #adopt} every attachment, then {@link #reconcile}; until then an earlier
 * engine's table stays as it was.
 */
public final class BridgeDriver implements NetworkDriver {
    private final Rtnetlink rtnetlink = Rtnetlink.open();
    private final Conntrack conntrack = Conntrack.open();
    private final Firewall firewall;
    private final HostPorts ports;
    private final PortRelay relay;
    private final NetworkPlugins plugins;
    private final Optional<Firewalld> firewalld;
    private final InterfaceReaper reaper = new InterfaceReaper();
    private final BridgeSetup setup;
    private final VethPairs pairs = new VethPairs(rtnetlink);
    private final Map<String, Bridge> bridges = new ConcurrentHashMap<>();
    private final Map<String, Attachment> attached = new ConcurrentHashMap<>();
    private @Nullable KernelWatch watch;

    /**
     * Opens the kernel's doors; makes nothing yet.
     *
     * @param instance what sets this engine apart from others on the host, such as its default bridge's name
     * @param relay serves published ports where the kernel does not translate them; closed with this driver
     */
    public BridgeDriver(String instance, FirewallMode mode, PortRelay relay) {
        this(instance, mode, relay, true);
    }

    /**
     * Opens the kernel's doors; makes nothing yet.
     *
     * @param forward whether the kernel's forwarding is switched on for networks that lead out
     */
    public BridgeDriver(String instance, FirewallMode mode, PortRelay relay, boolean forward) {
        this(instance, mode, relay, PluginDirectories.STANDARD, forward);
    }

    /** Opens the kernel's doors; makes nothing yet. */
    public BridgeDriver(String instance, FirewallMode mode, PortRelay relay, PluginDirectories plugins) {
        this(instance, mode, relay, plugins, true);
    }

    private BridgeDriver(
            String instance, FirewallMode mode, PortRelay relay, PluginDirectories plugins, boolean forward) {
        this.relay = requireNonNull(relay, "relay");
        this.ports = new HostPorts(relay);
        this.plugins = new NetworkPlugins(plugins);
        this.firewalld = mode == FirewallMode.OFF ? Optional.empty() : Firewalld.ofHost();
        this.firewall = new Firewall(
                Nftables.open(),
                "naru-" + requireNonNull(instance, "instance"),
                mode,
                new InputLoop(rtnetlink, instance));
        this.setup = new BridgeSetup(rtnetlink, "naru " + instance, reaper, new Forwarding(forward));
    }

    @Override
    public void ensure(NetworkSpec network) {
        try {
            List<AddressPool> pools = plugins.pools(network);
            int index = setup.ensure(network, pools);
            bridges.merge(
                    network.id(),
                    new Bridge(network, index, pools),
                    (before, now) -> before.spec().equals(network) && before.index() == index ? before : now);
            firewall.add(network);
            firewalld.ifPresent(host -> host.add(network.bridge()));
        } catch (LinuxException failure) {
            throw NaruException.because(ErrorKind.INTERNAL, "cannot make network " + network.name(), failure);
        }
    }

    @Override
    public void remove(NetworkSpec network) {
        try {
            bridges.remove(network.id());
            firewalld.ifPresent(host -> host.remove(network.bridge()));
            setup.remove(network);
            firewall.remove(network);
        } catch (LinuxException failure) {
            throw NaruException.because(ErrorKind.INTERNAL, "cannot remove network " + network.name(), failure);
        }
    }

    /**
     * Mends from now on what others take away: the table, and bridges that containers are on.
     *
     * @param told takes each network that was mended
     */
    public void watch(Consumer<NetworkSpec> told) {
        watch = new KernelWatch(
                name -> bridges.values().stream()
                        .anyMatch(bridge -> bridge.spec().bridge().equals(name)),
                firewall.table(),
                () -> mend(told));
    }

    private void mend(Consumer<NetworkSpec> told) {
        boolean table = firewall.mend();
        for (Bridge bridge : bridges.values()) {
            boolean gone = rtnetlink.link(bridge.spec().bridge()).isEmpty();
            if (gone) {
                mend(bridge);
            }
            if (gone || table) {
                told.accept(bridge.spec());
            }
        }
    }

    /** The ends of pairs outlive their bridge. */
    private void mend(Bridge bridge) {
        NetworkSpec network = bridge.spec();
        setup.forget(network);
        int index = setup.ensure(network, bridge.pools());
        if (bridges.replace(network.id(), bridge, new Bridge(network, index, bridge.pools()))) {
            LinkBatch batch = rtnetlink.batch();
            attached.values().stream()
                    .filter(each -> each.networkId().equals(network.id()))
                    .forEach(each -> {
                        batch.master(each.hostInterface(), index);
                        batch.port(
                                each.hostInterface(),
                                !network.interContainer(),
                                !each.ports().isEmpty());
                    });
            batch.commit();
            boolean publishes = attached.values().stream()
                    .anyMatch(each -> each.networkId().equals(network.id())
                            && !each.ports().isEmpty());
            if (publishes && firewall.guards()) {
                setup.allowLoopback(network);
            }
        }
    }

    @Override
    public Attachment attach(NetworkSpec network, EndpointSpec endpoint, NetworkSandbox sandbox) {
        Bridge bridge = bridge(network);
        EndpointAddresses addresses = bridge.take(endpoint);
        Attachment attachment = null;
        List<PublishedPort> published = List.of();
        try {
            published = network.internal()
                    ? List.of()
                    : ports.reserve(
                            endpoint.containerId(),
                            BindAddress.of(network).applied(endpoint.ports()),
                            addresses,
                            network);
            attachment = pairs.connect(bridge, endpoint, addresses, published, sandbox);
            if (!published.isEmpty()) {
                firewall.publish(attachment);
                if (firewall.guards()) {
                    setup.allowLoopback(network);
                }
            }
            attached.put(attachment.endpointId(), attachment);
            return attachment;
        } catch (RuntimeException failure) {
            if (attachment != null) {
                cutOff(attachment);
            }
            ports.release(published);
            bridge.release(addresses.address(), addresses.address6());
            throw failure instanceof LinuxException
                    ? NaruException.because(
                            ErrorKind.INTERNAL,
                            "cannot connect container " + endpoint.containerId() + " to network " + network.name(),
                            failure)
                    : failure;
        }
    }

    @Override
    public void prepare(NetworkSpec network, NetworkSandbox sandbox) {
        if (sandbox instanceof KernelSandbox ours) {
            try {
                pairs.prepare(bridge(network), ours);
            } catch (LinuxException failure) {
                throw NaruException.because(
                        ErrorKind.INTERNAL, "cannot prepare a sandbox for network " + network.name(), failure);
            }
        }
    }

    @Override
    public void detach(NetworkSpec network, Attachment attachment) {
        attached.remove(attachment.endpointId());
        try {
            firewall.withdraw(attachment);
            ports.release(attachment.ports());
            forgetDatagramFlows(attachment);
            cutOff(attachment);
        } catch (LinuxException failure) {
            throw NaruException.because(
                    ErrorKind.INTERNAL,
                    "cannot disconnect container " + attachment.containerId() + " from network " + network.name(),
                    failure);
        }
        Bridge bridge = bridges.get(network.id());
        if (bridge != null) {
            bridge.release(attachment.address(), attachment.address6());
        }
    }

    @Override
    public void disconnect(NetworkSpec network, Attachment attachment, NetworkSandbox sandbox) {
        detach(network, attachment);
        // The container goes on without the interface, so that goes now.
        if (!attachment.hostInterface().isEmpty()) {
            VethPairs.awaitGone(sandbox, attachment.containerInterface(), reaper.removeNow(attachment.hostInterface()));
        }
    }

    @Override
    public Attachment republish(
            NetworkSpec network, Attachment attachment, List<PortRequest> add, List<PublishedPort> remove) {
        if (network.internal()) {
            throw new NaruException(
                    ErrorKind.NOT_SUPPORTED, "network " + network.name() + " is internal: nothing of it is published");
        }
        var addresses = new EndpointAddresses(attachment.address(), 0, "", attachment.address6(), 0, "");
        List<PublishedPort> more =
                ports.reserve(attachment.containerId(), BindAddress.of(network).applied(add), addresses, network);
        try {
            var all = new ArrayList<>(attachment.ports());
            all.removeAll(remove);
            all.addAll(more);
            Attachment now = attachment.withPorts(all);
            firewall.change(attachment, now);
            rtnetlink
                    .batch()
                    .port(attachment.hostInterface(), !network.interContainer(), !all.isEmpty())
                    .commit();
            if (!more.isEmpty() && firewall.guards()) {
                setup.allowLoopback(network);
            }
            ports.release(remove);
            forgetDatagramFlows(attachment.withPorts(remove));
            return now;
        } catch (RuntimeException failure) {
            ports.release(more);
            throw failure instanceof LinuxException
                    ? NaruException.because(
                            ErrorKind.INTERNAL,
                            "cannot publish ports of container " + attachment.containerId(),
                            failure)
                    : failure;
        }
    }

    @Override
    public void lives(String containerId, int pid) {
        relay.lives(containerId, pid);
    }

    @Override
    public Map<PublishedPort, List<PortCaller>> explain(NetworkSpec network, Attachment attachment) {
        try {
            return firewall.explain(network, attachment);
        } catch (LinuxException failure) {
            throw NaruException.because(ErrorKind.INTERNAL, "cannot read the host's firewall", failure);
        }
    }

    /** The address is given out again at once, so the old port must not answer for it. */
    private void cutOff(Attachment attachment) {
        if (!attachment.hostInterface().isEmpty()) {
            rtnetlink.link(attachment.hostInterface()).ifPresent(link -> {
                rtnetlink.batch().disablePort(link.index()).commit();
                reaper.add(link.name());
            });
        }
    }

    /** A client that keeps sending would go on reaching this container's address by the flow it began. */
    private void forgetDatagramFlows(Attachment attachment) {
        attachment.ports().stream()
                .filter(port -> Protocol.of(port.protocol()) == Protocol.UDP)
                .mapToInt(PublishedPort::containerPort)
                .distinct()
                .forEach(port -> {
                    if (!attachment.address().isEmpty()) {
                        conntrack.forget(Subnet.literal(attachment.address()), Protocol.UDP.number(), port);
                    }
                    if (!attachment.address6().isEmpty()) {
                        conntrack.forget(Subnet.literal(attachment.address6()), Protocol.UDP.number(), port);
                    }
                });
    }

    @Override
    public void adopt(NetworkSpec network, Attachment attachment) {
        bridge(network).adopt(attachment);
        attached.put(attachment.endpointId(), attachment);
        ports.adopt(attachment);
        firewall.adopt(attachment);
    }

    @Override
    public void reconcile(List<Attachment> alive) {
        try {
            firewall.install();
            ports.takeOver();
            Set<String> keep = new HashSet<>();
            alive.forEach(attachment -> keep.add(attachment.hostInterface()));
            Set<Integer> masters = new HashSet<>();
            bridges.values().forEach(bridge -> masters.add(bridge.index()));
            List<Link> links = rtnetlink.links();
            publishAgain(links);
            for (Link link : links) {
                boolean known = keep.contains(link.name()) || pairs.isReserved(link.name());
                if (masters.contains(link.master()) && VethPairs.ours(link) && !known) {
                    reaper.add(link.name());
                } else if (setup.retired(link)) {
                    setup.reap(link);
                }
            }
        } catch (LinuxException failure) {
            throw NaruException.because(ErrorKind.INTERNAL, "cannot take the networks over", failure);
        }
    }

    @Override
    public void awaitRemovals() {
        try {
            reaper.flush();
        } catch (LinuxException failure) {
            throw NaruException.because(ErrorKind.INTERNAL, "cannot remove interfaces", failure);
        }
    }

    /** A death may have come between the record of ports that moved to another connection and what the host does for them. */
    private void publishAgain(List<Link> links) {
        Set<String> names = links.stream().map(Link::name).collect(Collectors.toSet());
        LinkBatch batch = rtnetlink.batch();
        boolean any = false;
        for (Attachment each : attached.values()) {
            Bridge bridge = bridges.get(each.networkId());
            if (bridge != null && !each.ports().isEmpty() && names.contains(each.hostInterface())) {
                batch.port(each.hostInterface(), !bridge.spec().interContainer(), true);
                any = true;
                if (firewall.guards()) {
                    setup.allowLoopback(bridge.spec());
                }
            }
        }
        if (any) {
            batch.commit();
        }
    }

    /**
     * A subnet that neither the host nor a network of this driver uses, as a pool.
     *
     * @throws NaruException NOT_FOUND when the ranges have none left
     */
    public NetworkSpec.Pool freePool(List<SubnetRange> ranges) {
        return freePool(ranges, List.of());
    }

    /**
     * A subnet that nobody uses, as a pool.
     *
     * @param others subnets that are taken besides the host's and this driver's
     * @throws NaruException NOT_FOUND when the ranges have none left
     */
    public NetworkSpec.Pool freePool(List<SubnetRange> ranges, List<Subnet> others) {
        var taken = new ArrayList<Subnet>(others);
        bridges.values().forEach(bridge -> taken.addAll(bridge.subnets()));
        taken.addAll(setup.hostSubnets());
        return SubnetRange.free(ranges, taken)
                .map(subnet -> new NetworkSpec.Pool(subnet.toString(), AddressText.of(subnet.at(1)), ""))
                .orElseThrow(() -> new NaruException(
                        ErrorKind.NOT_FOUND, "all predefined address pools have been fully subnetted"));
    }

    /** The pool of a bridge that exists and has an IPv4 address, such as one that an earlier engine made. */
    public Optional<NetworkSpec.Pool> poolOf(String bridge) {
        return setup.poolOf(bridge);
    }

    /** What on this host stands in the way of containers, in words, for people to see. */
    public List<String> warnings() {
        return firewall.warnings();
    }

    NetworkPlugins plugins() {
        return plugins;
    }

    /** Removes now the interfaces that would be removed soon. */
    void flush() {
        reaper.flush();
    }

    private Bridge bridge(NetworkSpec network) {
        return Bridge.of(network, bridges);
    }

    /** Lets go of sockets and threads; what containers use stays. */
    @Override
    public void close() {
        if (watch != null) {
            watch.close();
        }
        reaper.close();
        ports.close();
        firewall.close();
        firewalld.ifPresent(Firewalld::close);
        conntrack.close();
        rtnetlink.close();
    }
}
