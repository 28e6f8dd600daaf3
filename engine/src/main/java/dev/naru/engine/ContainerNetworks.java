package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.EndpointWatch.Endpoint;
import dev.naru.error.NaruException;
import dev.naru.linux.LinuxException;
import dev.naru.linux.OwnerMap;
import dev.naru.network.Attachment;
import dev.naru.network.Attachment.PublishedPort;
import dev.naru.network.DefaultRoutes;
import dev.naru.network.EndpointSpec.PortRequest;
import dev.naru.network.InterfaceSysctls;
import dev.naru.network.NetworkDriver;
import dev.naru.network.NetworkSandbox;
import dev.naru.network.NetworkSandboxes;
import dev.naru.network.NetworkSpec;
import dev.naru.network.PortCaller;
import dev.naru.network.Resolver;
import dev.naru.wire.EndpointSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Connects containers to their networks and disconnects them. Here endpoints come and go. */
final class ContainerNetworks {
    private static final System.Logger LOG = System.getLogger("naru.engine");

    private final NetworkDriver driver;
    private final NetworkSandboxes sandboxes;
    private final NetworkTable networks;
    private final EndpointWatch watch;
    private final PortMove ports;

    ContainerNetworks(NetworkDriver driver, NetworkSandboxes sandboxes, NetworkTable networks, EndpointWatch watch) {
        this.driver = requireNonNull(driver, "driver");
        this.sandboxes = requireNonNull(sandboxes, "sandboxes");
        this.networks = requireNonNull(networks, "networks");
        this.watch = requireNonNull(watch, "watch");
        this.ports = new PortMove(driver, networks);
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
        return settingUp(() -> connect(container, wanted(container), sandboxes.madeBy(pid)));
    }

    /** @throws NaruException CONFLICT when a port is in use, NOT_FOUND for an unknown network */
    Connection connect(ContainerRecord container) {
        return settingUp(
                () -> switch (NamespaceMode.network(container.hostConfig().networkMode())) {
                    case NamespaceMode.Host host -> ofHost(container);
                    case NamespaceMode.OfContainer other -> new Connection(null, List.of());
                    case NamespaceMode.Own own -> ofItsOwn(container);
                });
    }

    /** Says as Docker does what it was that failed. */
    private static Connection settingUp(Supplier<Connection> work) {
        try {
            return work.get();
        } catch (NaruException failure) {
            throw new NaruException(
                    failure.kind(),
                    "failed to set up container networking: " + failure.getMessage(),
                    "",
                    null,
                    failure);
        }
    }

    private Connection ofItsOwn(ContainerRecord container) {
        List<Membership.Of> wanted = wanted(container);
        boolean prepared =
                !wanted.isEmpty() && wanted.getFirst().network().driver().equals("bridge");
        NetworkSandbox sandbox =
                prepared ? sandboxes.take(container.id(), wanted.getFirst().network()) : sandboxes.take(container.id());
        return connect(container, wanted, sandbox);
    }

    /** The networks to connect to, the one of the container's mode first, so that it has the first interface. */
    private List<Membership.Of> wanted(ContainerRecord container) {
        if (Values.flag(container.config().networkDisabled())) {
            return List.of(new Membership.Of(networks.get("none"), EndpointPlan.NOTHING));
        }
        String main = Values.text(container.hostConfig().networkMode());
        var all = new ArrayList<Membership.Of>();
        Membership.of(container).forEach((name, settings) -> {
            Membership.Of each = new Membership.Of(known(name), settings);
            EndpointPlan.check(each, networks.choseSubnets(each.network()));
            all.add(name.equals(main) ? 0 : all.size(), each);
        });
        return all;
    }

    private NetworkSpec known(String name) {
        return networks.find(name).orElseThrow(() -> NetworkTable.notFound(name));
    }

    private Connection connect(ContainerRecord container, List<Membership.Of> wanted, NetworkSandbox sandbox) {
        var done = new ArrayList<Attachment>();
        try {
            EndpointPlan plan = new EndpointPlan(container, wanted);
            for (Membership.Of each : wanted) {
                done.add(attach(container, plan, each, sandbox));
            }
            if (wanted.size() > 1) {
                plan.lead(sandbox, done);
            }
            return new Connection(sandbox, done);
        } catch (RuntimeException failure) {
            disconnect(done);
            sandbox.close();
            throw failure;
        }
    }

    private Attachment attach(
            ContainerRecord container, EndpointPlan plan, Membership.Of each, NetworkSandbox sandbox) {
        Attachment attachment = enter(container, plan, each, sandbox);
        try {
            watch.attached(container, endpoint(container, each.network(), attachment), sandbox);
            return attachment;
        } catch (RuntimeException failure) {
            driver.detach(each.network(), attachment);
            networks.leave(each.network().id(), container.id());
            throw failure;
        }
    }

    private Attachment enter(ContainerRecord container, EndpointPlan plan, Membership.Of each, NetworkSandbox sandbox) {
        networks.enter(each.network(), container.id());
        try {
            Attachment attachment = driver.attach(each.network(), plan.endpoint(each), sandbox);
            set(each, attachment, sandbox);
            return attachment;
        } catch (RuntimeException failure) {
            networks.leave(each.network().id(), container.id());
            throw failure;
        }
    }

    private void set(Membership.Of each, Attachment attachment, NetworkSandbox sandbox) {
        String sysctls = Values.map(each.settings().driverOpts()).get(InterfaceSysctls.OPTION);
        if (sysctls == null || attachment.containerInterface().isEmpty()) {
            return;
        }
        try {
            InterfaceSysctls.apply(sysctls, sandbox, attachment.containerInterface());
        } catch (RuntimeException failure) {
            driver.disconnect(each.network(), attachment, sandbox);
            throw failure;
        }
    }

    private Connection ofHost(ContainerRecord container) {
        NetworkSpec host = networks.get("host");
        try (NetworkSandbox sandbox =
                sandboxes.ofProcess((int) ProcessHandle.current().pid())) {
            var only = new Membership.Of(host, EndpointPlan.NOTHING);
            networks.enter(host, container.id());
            return new Connection(
                    null,
                    List.of(driver.attach(host, new EndpointPlan(container, List.of(only)).endpoint(only), sandbox)));
        }
    }

    /**
     * A running container's connections with a new one among them. Closing lets go of the container's namespace.
     *
     * @param all the new one last; ports may have moved to it
     */
    record Joined(List<Attachment> all, NetworkSandbox sandbox) implements AutoCloseable {
        Joined {
            all = List.copyOf(all);
        }

        Attachment attachment() {
            return all.getLast();
        }

        List<Attachment> rest() {
            return all.subList(0, all.size() - 1);
        }

        @Override
        public void close() {
            sandbox.close();
        }
    }

    /**
     * Connects a running container to one more network. The caller holds its lock, and goes on with {@link #tell} and
     * {@link #settled}.
     *
     * @param before its record
     * @param container the same with the new network in it
     * @param now the connections that stand
     */
    Joined join(ContainerRecord before, ContainerRecord container, NetworkSpec network, List<Attachment> now, int pid) {
        List<Membership.Of> wanted = wanted(container);
        Membership.Of one = wanted.stream()
                .filter(each -> each.network().id().equals(network.id()))
                .findFirst()
                .orElseThrow();
        boolean names = Resolver.serves(network) && !watch.isInside(container.id());
        NetworkSandbox sandbox = names ? sandboxes.ofProcessWithNames(pid) : sandboxes.ofProcess(pid);
        try {
            EndpointPlan plan = new EndpointPlan(container, wanted).live(now);
            return new Joined(join(before, plan, one, now, sandbox), sandbox);
        } catch (RuntimeException failure) {
            sandbox.close();
            throw failure;
        }
    }

    private List<Attachment> join(
            ContainerRecord before,
            EndpointPlan plan,
            Membership.Of one,
            List<Attachment> now,
            NetworkSandbox sandbox) {
        Attachment attachment = enter(before, plan, one, sandbox);
        try {
            var all = new ArrayList<>(now);
            all.add(attachment);
            // Those that stand have their routes already.
            if (plan.leads(attachment) && !plan.isLedAtOnce(one)) {
                plan.lead(sandbox, all);
            }
            return ports.toLeading(plan, all);
        } catch (RuntimeException failure) {
            leave(before, attachment, now, now, sandbox);
            throw failure;
        }
    }

    /** Tells the watcher of a connection that was made to a running container. */
    void tell(ContainerRecord container, NetworkSpec network, Joined joined) {
        watch.attached(container, endpoint(container, network, joined.attachment()), joined.sandbox());
    }

    private void takeOut(ContainerRecord container, Attachment attachment, NetworkSandbox sandbox) {
        try {
            networks.find(attachment.networkId()).ifPresent(network -> {
                watch.detached(container.id(), endpoint(container, network, attachment));
                driver.disconnect(network, attachment, sandbox);
            });
        } finally {
            networks.leave(attachment.networkId(), container.id());
        }
    }

    /** The connections that stay as they will be when a running container has left one of its networks. */
    List<Attachment> without(ContainerRecord container, Attachment gone, List<Attachment> rest) {
        return gone.ports().isEmpty()
                ? rest
                : ports.inherited(new EndpointPlan(container, wanted(container)), gone, rest);
    }

    /**
     * Disconnects a running container from one of its networks. The caller holds its lock, and waits for
     * {@link #settled}.
     *
     * @param container its record without the network
     * @param rest the connections that stay
     * @param planned the same as {@link #without} said
     * @return the connections that it has now
     */
    List<Attachment> leave(
            ContainerRecord container,
            Attachment attachment,
            List<Attachment> rest,
            List<Attachment> planned,
            int pid) {
        try (NetworkSandbox sandbox = sandboxes.ofProcess(pid)) {
            return leave(container, attachment, rest, planned, sandbox);
        }
    }

    private List<Attachment> leave(
            ContainerRecord container,
            Attachment attachment,
            List<Attachment> rest,
            List<Attachment> planned,
            NetworkSandbox sandbox) {
        takeOut(container, attachment, sandbox);
        new EndpointPlan(container, wanted(container)).lead(sandbox, rest);
        return ports.inherit(rest, planned);
    }

    /** Waits until what a connection or disconnection changed is so everywhere. */
    void settled() {
        watch.settled();
    }

    /**
     * Does what must be done between a container's launch and its program.
     *
     * @param pid its first process
     */
    void begin(ContainerRecord container, Connection connection, int pid) {
        if (connection.sandbox() != null) {
            driver.lives(container.id(), pid);
            watch.beginning(container, connection.attachments(), connection.sandbox(), pid);
        }
    }

    /** Tells that a container has another name. */
    void renamed(Container container) {
        watch.renamed(container);
    }

    /** The connection whose network publishes a container's ports: the one that does, else the one that leads out. */
    Optional<Attachment> publishing(ContainerRecord container, List<Attachment> attachments) {
        return attachments.stream()
                .filter(attachment -> !attachment.ports().isEmpty())
                .findFirst()
                .or(() -> new EndpointPlan(container, wanted(container)).leading(attachments))
                .filter(attachment -> networks.find(attachment.networkId())
                        .filter(PortMove::publishes)
                        .isPresent());
    }

    /** The name of the network that keeps a container without a way out; empty when it has one. */
    Optional<String> internal(ContainerRecord container, List<Attachment> attachments) {
        boolean out = attachments.stream()
                .map(attachment -> networks.find(attachment.networkId()))
                .anyMatch(network -> network.filter(each -> !each.internal()).isPresent());
        return out || attachments.isEmpty()
                ? Optional.empty()
                : networks.find(attachments.getFirst().networkId()).map(NetworkSpec::name);
    }

    /** Changes the ports of a connection that stands. */
    Attachment republish(Attachment attachment, List<PortRequest> add, List<PublishedPort> remove) {
        NetworkSpec network = networks.get(attachment.networkId());
        return driver.republish(network, attachment, add, remove);
    }

    /** Takes a change of ports back, with the same host ports. */
    void republishAs(Attachment now, Attachment before) {
        var add = new ArrayList<>(before.ports());
        add.removeAll(now.ports());
        var remove = new ArrayList<>(now.ports());
        remove.removeAll(before.ports());
        republish(now, PortMove.requests(add), remove);
    }

    /** Who reaches the ports of a connection. */
    Map<PublishedPort, List<PortCaller>> explain(Attachment attachment) {
        NetworkSpec network = networks.get(attachment.networkId());
        return driver.explain(network, attachment);
    }

    /** Undoes connections; one that fails is told in the log, because the container is gone in any case. */
    void disconnect(List<Attachment> attachments) {
        for (Attachment attachment : attachments) {
            try {
                networks.find(attachment.networkId()).ifPresent(network -> {
                    watch.detached(attachment.containerId(), new Endpoint(network, attachment, List.of()));
                    driver.detach(network, attachment);
                });
            } catch (NaruException failure) {
                LOG.log(System.Logger.Level.WARNING, "a network connection of " + attachment.containerId(), failure);
            } finally {
                networks.leave(attachment.networkId(), attachment.containerId());
            }
        }
        attachments.stream().map(Attachment::containerId).distinct().forEach(this::ended);
    }

    private void ended(String containerId) {
        driver.lives(containerId, 0);
        watch.ended(containerId);
    }

    /** Takes over what stands since an earlier engine, and removes the rest. */
    void takeOver(List<Container> containers) {
        var known = new ArrayList<Attachment>();
        for (Container container : containers) {
            if (container.status().phase().alive()) {
                driver.lives(container.id(), container.status().pid());
            }
            for (Attachment attachment : container.status().attachments()) {
                networks.find(attachment.networkId()).ifPresent(network -> {
                    adopt(container.record(), network, attachment);
                    known.add(attachment);
                });
            }
        }
        driver.reconcile(known);
        watch.takenOver();
        List<Container> alive = containers.stream()
                .filter(container -> container.status().phase().alive())
                .toList();
        if (!alive.isEmpty()) {
            // A platform thread: the kernel holds it while interfaces go.
            Thread.ofPlatform().daemon().name("naru-routes").start(() -> leadAgain(alive));
        }
    }

    /** A route by an interface that is nobody's any more goes with it, so what is there is looked at after that. */
    private void leadAgain(List<Container> alive) {
        try {
            driver.awaitRemovals();
        } catch (NaruException failure) {
            LOG.log(System.Logger.Level.WARNING, "interfaces of connections that are no more", failure);
        }
        alive.forEach(this::leadAgain);
    }

    /**
     * A death may have come between a connection's route and its record, or between a disconnection's record and the route
     * that follows it. The way out went with the interface then; one that is there stays, as it may be the container's own.
     */
    private void leadAgain(Container container) {
        container.lock().lock();
        try {
            ContainerStatus status = container.status();
            if (!status.phase().alive()) {
                return;
            }
            EndpointPlan plan = new EndpointPlan(container.record(), wanted(container.record()));
            DefaultRoutes there = DefaultRoutes.ofProcess(status.pid());
            if (plan.isCutOff(there, status.attachments())) {
                try (NetworkSandbox sandbox = sandboxes.ofProcess(status.pid())) {
                    plan.lead(sandbox, status.attachments());
                }
            }
        } catch (NaruException | LinuxException failure) {
            LOG.log(System.Logger.Level.WARNING, "the routes of container " + container.id(), failure);
        } finally {
            container.lock().unlock();
        }
    }

    private void adopt(ContainerRecord container, NetworkSpec network, Attachment attachment) {
        networks.adopt(attachment);
        try {
            driver.adopt(network, attachment);
            watch.adopted(container, endpoint(container, network, attachment));
        } catch (NaruException failure) {
            LOG.log(System.Logger.Level.ERROR, "a network connection of " + container.id(), failure);
        }
    }

    private static Endpoint endpoint(ContainerRecord container, NetworkSpec network, Attachment attachment) {
        EndpointSettings settings = Membership.of(container).get(network.name());
        return new Endpoint(
                network, attachment, EndpointPlan.names(container, settings == null ? EndpointPlan.NOTHING : settings));
    }

    /** The events of connecting or disconnecting. */
    List<Happening> happenings(List<Attachment> attachments, String action) {
        var all = new ArrayList<Happening>();
        for (Attachment attachment : attachments) {
            networks.find(attachment.networkId())
                    .ifPresent(network -> all.add(happening(network, attachment.containerId(), action)));
        }
        return all;
    }

    static Happening happening(NetworkSpec network, String container, String action) {
        return new Happening(
                "network",
                action,
                network.id(),
                Map.of("container", container, "name", network.name(), "type", network.driver()));
    }
}
