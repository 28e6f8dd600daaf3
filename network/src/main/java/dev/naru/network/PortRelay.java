package dev.naru.network;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.Errno;
import dev.naru.linux.LinuxException;
import dev.naru.linux.ProcessDescriptor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * Carries to containers what reaches their ports untranslated, by a process that outlives the engine
 * (docs/design/034-relay.md). Which ports it should have is known here; the process is started with the first, and again
 * whenever it has died while there are any. It ends by itself.
 */
public final class PortRelay implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("naru.network");
    private static final int TRIES = 3;

    private final SideLink link;
    private final ReentrantLock lock;
    /** Each port, and what the relay serves it by: itself, or one socket of both families. */
    private final Map<RelayedPort, RelayedPort> ports = new LinkedHashMap<>();

    private final Map<String, Integer> owners = new HashMap<>();

    /**
     * Starts nothing yet.
     *
     * @param directory where the process listens; the same for the next engine
     */
    public PortRelay(SideProgram program, Path directory) {
        this.link = new SideLink(
                new SideProcess(program, directory, "relay.sock"),
                "serve published ports where the kernel does not translate",
                () -> !ports.isEmpty(),
                this::synchronise,
                RelayMessage.endIfUnused());
        this.lock = link.lock();
    }

    /** Begins giving it ports. */
    RelayHandover handover() {
        return new RelayHandover(this);
    }

    /**
     * Sends ports, without waiting for the answer.
     *
     * @throws NaruException UNAVAILABLE when the relay can't be had
     */
    SideConnection.Request send(List<RelayHandover.Opened> some) {
        lock.lock();
        try {
            return send(link.connected(), some);
        } finally {
            lock.unlock();
        }
    }

    private static SideConnection.Request send(SideConnection to, List<RelayHandover.Opened> some) {
        List<Descriptor> sockets =
                some.stream().map(each -> each.socket().descriptor()).toList();
        return to.send(RelayMessage.add(some), sockets);
    }

    /**
     * Has ports served from now on.
     *
     * @param all with their sockets, which stay the caller's
     * @param requests by which they were sent
     * @throws NaruException UNAVAILABLE when the relay can't be had
     */
    void taken(List<RelayHandover.Opened> all, List<SideConnection.Request> requests) {
        lock.lock();
        try {
            int status = link.known() == null ? -1 : await(requests);
            for (int i = 0; i < TRIES && status < 0; i++) {
                // One that had nothing to do may just have ended.
                link.drop();
                status = await(sendAll(link.connected(), all));
            }
            if (status != 0) {
                throw new NaruException(
                        ErrorKind.UNAVAILABLE,
                        "cannot serve published ports",
                        status < 0 ? "the relay does not answer" : Errno.message(status),
                        null);
            }
            all.forEach(each -> serves(each.port()));
            SideConnection to = requireNonNull(link.known(), "connection");
            all.stream().map(each -> each.port().owner()).distinct().forEach(owner -> tellOwner(to, owner));
        } finally {
            lock.unlock();
        }
    }

    private void serves(RelayedPort port) {
        port.parts().forEach(part -> ports.put(part, port));
    }

    private static List<SideConnection.Request> sendAll(SideConnection to, List<RelayHandover.Opened> all) {
        var requests = new ArrayList<SideConnection.Request>();
        for (int at = 0; at < all.size(); at += RelayMessage.MOST) {
            requests.add(send(to, all.subList(at, Math.min(all.size(), at + RelayMessage.MOST))));
        }
        return requests;
    }

    /** The worst of the answers. */
    private static int await(List<SideConnection.Request> requests) {
        int worst = 0;
        for (SideConnection.Request request : requests) {
            int status = request.await();
            worst = worst < 0 || status == 0 ? worst : status;
        }
        return worst;
    }

    /** Closes what was sent and is not to be served. */
    void undo(List<RelayedPort> sent) {
        lock.lock();
        try {
            SideConnection to = link.known();
            if (to != null) {
                await(removals(to, sent.stream().map(RelayedPort::label).toList()));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Closes ports, and the connections that go through them; they are free when this returns. */
    void remove(Collection<RelayedPort> gone) {
        lock.lock();
        try {
            var by = new LinkedHashSet<RelayedPort>();
            for (RelayedPort port : gone) {
                RelayedPort socket = ports.remove(port);
                if (socket != null) {
                    by.add(socket);
                }
            }
            SideConnection to = link.known();
            if (to != null) {
                // Without an answer there is no process, and its sockets went with it.
                await(removals(to, by.stream().map(RelayedPort::label).toList()));
                serveAlone(to, by);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Serves what stays of sockets of both families that were closed. */
    private void serveAlone(SideConnection to, Collection<RelayedPort> closed) {
        List<RelayedPort> alone = closed.stream()
                .filter(RelayedPort::both)
                .flatMap(both -> both.parts().stream())
                .filter(ports::containsKey)
                .toList();
        serve(to, alone);
    }

    private static List<SideConnection.Request> removals(SideConnection to, List<String> labels) {
        var requests = new ArrayList<SideConnection.Request>();
        for (int at = 0; at < labels.size(); at += RelayMessage.MOST) {
            requests.add(
                    to.send(RelayMessage.remove(labels.subList(at, Math.min(labels.size(), at + RelayMessage.MOST)))));
        }
        return requests;
    }

    /** A port of a container that an earlier engine started; served after {@link #takeOver}. */
    void adopt(RelayedPort port) {
        lock.lock();
        try {
            ports.put(port, port);
        } finally {
            lock.unlock();
        }
    }

    /** Makes the relay that an earlier engine left serve what was adopted, and nothing else. */
    void takeOver() {
        lock.lock();
        try {
            link.takeOver();
        } catch (NaruException failure) {
            LOG.log(System.Logger.Level.ERROR, "published ports may not answer at ::1", failure);
        } finally {
            lock.unlock();
        }
    }

    /**
     * With this process the container's ports go when no engine runs.
     *
     * @param pid 0 when it has ended
     */
    void lives(String owner, int pid) {
        lock.lock();
        try {
            if (pid == 0) {
                owners.remove(owner);
                return;
            }
            owners.put(owner, pid);
            SideConnection to = link.known();
            if (to != null
                    && ports.keySet().stream().anyMatch(port -> port.owner().equals(owner))) {
                tellOwner(to, owner);
            }
        } finally {
            lock.unlock();
        }
    }

    private void tellOwner(SideConnection to, String owner) {
        Integer pid = owners.get(owner);
        if (pid == null) {
            return;
        }
        try (Descriptor ended = ProcessDescriptor.open(pid)) {
            // Nobody waits for it: it counts only when this engine is no more.
            to.send(RelayMessage.lives(owner), List.of(ended));
        } catch (LinuxException gone) {
            LOG.log(System.Logger.Level.DEBUG, "process of container {0}: {1}", owner, gone.getMessage());
        }
    }

    private void synchronise(SideConnection to) {
        SideConnection.Request listed = to.list(RelayMessage.list());
        listed.await();
        Set<String> known = new HashSet<>(listed.list());
        ports.replaceAll((port, before) -> socket(port, known));
        Set<String> wanted = ports.values().stream().map(RelayedPort::label).collect(Collectors.toSet());
        await(removals(
                to, known.stream().filter(label -> !wanted.contains(label)).toList()));
        serve(
                to,
                ports.values().stream()
                        .distinct()
                        .filter(port -> !known.contains(port.label()))
                        .toList());
        ports.keySet().stream().map(RelayedPort::owner).distinct().forEach(owner -> tellOwner(to, owner));
    }

    /** What is to serve a port: what does, or the socket of both families where the other's is not served either. */
    private RelayedPort socket(RelayedPort port, Set<String> known) {
        return port.joined()
                .filter(both -> ports.keySet().containsAll(both.parts()))
                .filter(both -> known.contains(both.label())
                        || both.parts().stream().noneMatch(part -> known.contains(part.label())))
                .orElse(port);
    }

    private void serve(SideConnection to, List<RelayedPort> missing) {
        var opened = new ArrayList<RelayHandover.Opened>();
        try {
            missing.forEach(port -> open(port, opened));
            if (await(sendAll(to, opened)) != 0) {
                LOG.log(System.Logger.Level.ERROR, "the relay does not take ports of running containers");
            }
            opened.forEach(each -> serves(each.port()));
        } finally {
            opened.forEach(RelayHandover.Opened::close);
        }
    }

    private static void open(RelayedPort port, List<RelayHandover.Opened> into) {
        try {
            into.add(RelayHandover.Opened.of(port));
        } catch (LinuxException taken) {
            if (port.both()) {
                // One family's may be free.
                port.parts().forEach(part -> open(part, into));
                return;
            }
            LOG.log(
                    System.Logger.Level.WARNING,
                    "port {0}:{1,number,#}/{2} of container {3} is held by another program: {4}",
                    AddressText.of(port.host()),
                    port.port(),
                    port.protocol(),
                    port.owner(),
                    taken.getMessage());
        }
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
