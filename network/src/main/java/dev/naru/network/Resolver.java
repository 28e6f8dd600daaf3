package dev.naru.network;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.LinuxException;
import dev.naru.linux.NetworkNamespace;
import dev.naru.linux.ProcessDescriptor;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Names of containers, answered at 127.0.0.11 in their namespaces by a process that outlives the engine
 * (docs/design/015-name-resolution.md). What it should answer is known here; the process is started with the first
 * container that needs it, and again whenever it has died.
 */
public final class Resolver implements AutoCloseable {
    /** Where containers ask. */
    public static final String ADDRESS = ResolverSockets.ADDRESS;

    private static final System.Logger LOG = System.getLogger("naru.network");
    private static final String STAGED = "new:";

    private final SideLink link;
    private final ReentrantLock lock;
    private final Map<String, ResolverClient> clients = new LinkedHashMap<>();
    private final NameTable names = new NameTable();
    private final List<SideConnection.Request> sent = new ArrayList<>();
    /** What may be gone already when the resolver reads of it. */
    private final List<SideConnection.Request> removals = new ArrayList<>();

    /**
     * Starts nothing yet.
     *
     * @param directory where the process listens; the same for the next engine
     */
    public Resolver(SideProgram program, Path directory) {
        this.link = new SideLink(
                new SideProcess(program, directory, "resolver.sock"),
                "answer names",
                () -> !clients.isEmpty(),
                this::synchronise,
                ResolverMessage.endIfUnused());
        this.lock = link.lock();
    }

    /** Whether containers of a network find each other by name: not on the default bridge and without interfaces. */
    public static boolean serves(NetworkSpec network) {
        return !Set.of("bridge", "host", "none").contains(network.name());
    }

    /**
     * Takes over the containers that run and their names, after a start of the engine. A process without containers is
     * ended.
     */
    public void takeOver(Collection<ResolverClient> alive, Collection<NamedEndpoint> endpoints) {
        lock.lock();
        try {
            alive.forEach(client -> clients.put(client.id(), client));
            endpoints.forEach(names::put);
            link.takeOver();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Answers a container from now on; its program should not have begun.
     *
     * @param sandbox its network namespace
     * @throws NaruException UNAVAILABLE when the resolver can't be had
     */
    public void serve(ResolverClient client, NetworkSandbox sandbox) {
        serveSoon(client, sandbox);
        settle();
    }

    /** Like {@link #serve}; it does when {@link #settle} returns. */
    public void serveSoon(ResolverClient client, NetworkSandbox sandbox) {
        lock.lock();
        try (ResolverSockets sockets = sockets(client, sandbox)) {
            clients.remove(client.id());
            SideConnection to = link.connected();
            clients.put(client.id(), client);
            sent.addAll(add(to, client, sockets));
        } catch (LinuxException failure) {
            throw unavailable(client.id(), failure);
        } finally {
            lock.unlock();
        }
    }

    /**
     * A container's networks, servers or own names are others when {@link #settle} returns; nothing for one that is not
     * served.
     */
    public void change(ResolverClient client) {
        lock.lock();
        try {
            SideConnection to = link.known();
            if (clients.replace(client.id(), client) != null && to != null) {
                sent.add(to.send(setClient(client)));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether a container is answered. */
    public boolean isServed(String id) {
        lock.lock();
        try {
            return clients.containsKey(id);
        } finally {
            lock.unlock();
        }
    }

    /** The container is answered no more: its sockets, and with them its namespace, are let go by {@link #settle}. */
    public void leave(String id) {
        lock.lock();
        try {
            SideConnection to = link.known();
            if (clients.remove(id) != null && to != null) {
                removals.add(to.send(ResolverMessage.removeClient(id)));
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * A container is in a network, by these names; in place of what it was called there before. They are answered when
     * {@link #settle} returns.
     */
    public void announce(NamedEndpoint endpoint) {
        lock.lock();
        try {
            sent.addAll(tell(endpoint.networkId(), endpoint.containerId(), names.put(endpoint)));
        } finally {
            lock.unlock();
        }
    }

    /** A container has left a network; its names are not answered there when {@link #settle} returns. */
    public void forget(String network, String container) {
        lock.lock();
        try {
            NameTable.Change change = names.remove(network, container);
            sent.addAll(tell(network, container, change));
            SideConnection to = link.known();
            if (!names.has(network) && to != null) {
                removals.add(to.send(ResolverMessage.removeNetwork(network)));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until all that was said before is so. The order is kept, and one wait serves for many words. */
    public void settle() {
        List<SideConnection.Request> open;
        List<SideConnection.Request> closing;
        lock.lock();
        try {
            open = List.copyOf(sent);
            closing = List.copyOf(removals);
        } finally {
            lock.unlock();
        }
        open.forEach(request -> expect(request, "names"));
        closing.forEach(SideConnection.Request::await);
        lock.lock();
        try {
            sent.removeAll(open);
            removals.removeAll(closing);
        } finally {
            lock.unlock();
        }
    }

    private List<SideConnection.Request> tell(String network, String container, NameTable.Change change) {
        SideConnection to = link.known();
        if (to == null) {
            return List.of();
        }
        List<byte[]> messages = messages(network, change);
        for (ResolverClient client : clients.values()) {
            if (client.links().containsValue(container) && client.networks().contains(network)) {
                messages.add(setClient(client));
            }
        }
        return send(to, messages);
    }

    private static List<SideConnection.Request> send(SideConnection to, List<byte[]> messages) {
        return ResolverMessage.several(messages).stream().map(to::send).toList();
    }

    private static List<byte[]> messages(String network, NameTable.Change change) {
        var messages = new ArrayList<byte[]>();
        change.names().forEach(name -> messages.add(ResolverMessage.setName(network, name)));
        change.reverses().forEach(reverse -> messages.add(ResolverMessage.setReverse(network, reverse)));
        return messages;
    }

    private byte[] setClient(ResolverClient client) {
        var links = new HashMap<String, List<InetAddress>>();
        client.links().forEach((alias, container) -> {
            List<InetAddress> addresses = names.addresses(client.networks(), container);
            if (!addresses.isEmpty()) {
                links.put(alias, addresses);
            }
        });
        return ResolverMessage.setClient(client, links);
    }

    /** What does not arrive now does so when the process is started again, which has begun then. */
    private static void expect(SideConnection.Request request, String subject) {
        int status = request.await();
        if (status > 0) {
            LOG.log(System.Logger.Level.WARNING, "the resolver refuses a change for {0}: error {1}", subject, status);
        }
    }

    private ResolverSockets sockets(ResolverClient client, NetworkSandbox sandbox) {
        try {
            if (sandbox instanceof KernelSandbox known) {
                Optional<ResolverSockets> prepared = known.takeResolverSockets();
                return prepared.isPresent() ? prepared.get() : ResolverSockets.open(known.namespace());
            }
            return ofProcess(client);
        } catch (LinuxException failure) {
            throw unavailable(client.id(), failure);
        }
    }

    private static ResolverSockets ofProcess(ResolverClient client) {
        try (NetworkNamespace namespace = NetworkNamespace.open(Path.of("/proc/" + client.pid() + "/ns/net"))) {
            return ResolverSockets.open(namespace);
        }
    }

    private List<SideConnection.Request> add(SideConnection to, ResolverClient client, ResolverSockets sockets) {
        try (Descriptor ended = ProcessDescriptor.open(client.pid())) {
            return List.of(
                    to.send(
                            ResolverMessage.addClient(client.id()),
                            List.of(sockets.udp().descriptor(), sockets.tcp().descriptor(), ended)),
                    to.send(setClient(client)));
        }
    }

    /** Makes a process that may know nothing, or what an earlier engine told it, answer what it should. */
    private void synchronise(SideConnection to) {
        SideConnection.Request known = to.list(ResolverMessage.listClients());
        SideConnection.Request old = to.list(ResolverMessage.listNetworks());
        known.await();
        old.await();
        var requests = new ArrayList<SideConnection.Request>();
        for (String network : names.networks()) {
            // Beside and exchanged: it answers from the old names meanwhile.
            List<byte[]> messages = messages(STAGED + network, names.all(network));
            messages.add(ResolverMessage.replaceNetwork(network, STAGED + network));
            requests.addAll(send(to, messages));
        }
        known.list().stream()
                .filter(id -> !clients.containsKey(id))
                .forEach(id -> requests.add(to.send(ResolverMessage.removeClient(id))));
        old.list().stream()
                .filter(network -> !names.has(network))
                .forEach(network -> requests.add(to.send(ResolverMessage.removeNetwork(network))));
        requests.forEach(request -> expect(request, "networks"));
        for (ResolverClient client : List.copyOf(clients.values())) {
            if (known.list().contains(client.id())) {
                expect(to.send(setClient(client)), client.id());
            } else {
                addAnew(to, client);
            }
        }
    }

    private void addAnew(SideConnection to, ResolverClient client) {
        try (ResolverSockets sockets = ofProcess(client)) {
            add(to, client, sockets).forEach(request -> expect(request, client.id()));
        } catch (LinuxException failure) {
            // It may have ended; nobody waits for an answer then.
            LOG.log(System.Logger.Level.DEBUG, "names for container {0}: {1}", client.id(), failure.getMessage());
        }
    }

    private static NaruException unavailable(String container, RuntimeException cause) {
        return NaruException.because(ErrorKind.UNAVAILABLE, "cannot answer names for container " + container, cause);
    }

    /** Leaves the process to the next engine when containers need it; else it ends. */
    @Override
    public void close() {
        lock.lock();
        try {
            link.close();
        } finally {
            lock.unlock();
        }
    }
}
