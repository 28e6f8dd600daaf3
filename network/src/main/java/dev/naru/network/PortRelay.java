package dev.naru.network;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.BoundSocket;
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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

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
    private final Map<String, RelayedPort> ports = new LinkedHashMap<>();
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

    /**
     * Has ports served from now on.
     *
     * @param opened with their sockets, which stay the caller's
     * @throws NaruException UNAVAILABLE when the relay can't be had
     */
    void add(Map<RelayedPort, BoundSocket> opened) {
        if (opened.isEmpty()) {
            return;
        }
        lock.lock();
        try {
            int status = -1;
            for (int i = 0; i < TRIES && status < 0; i++) {
                // One that had nothing to do may just have ended.
                status = send(link.connected(), opened);
                if (status < 0) {
                    link.drop();
                }
            }
            if (status != 0) {
                throw new NaruException(
                        ErrorKind.UNAVAILABLE,
                        "cannot serve published ports",
                        status < 0 ? "the relay does not answer" : Errno.message(status),
                        null);
            }
            opened.keySet().forEach(port -> ports.put(port.label(), port));
            SideConnection to = requireNonNull(link.known(), "connection");
            opened.keySet().stream().map(RelayedPort::owner).distinct().forEach(owner -> tellOwner(to, owner));
        } finally {
            lock.unlock();
        }
    }

    private static int send(SideConnection to, Map<RelayedPort, BoundSocket> opened) {
        var requests = new ArrayList<SideConnection.Request>();
        var all = new ArrayList<>(opened.keySet());
        for (int at = 0; at < all.size(); at += RelayMessage.MOST) {
            List<RelayedPort> some = all.subList(at, Math.min(all.size(), at + RelayMessage.MOST));
            List<Descriptor> sockets = some.stream()
                    .map(port -> Objects.requireNonNull(opened.get(port)).descriptor())
                    .toList();
            requests.add(to.send(RelayMessage.add(some), sockets));
        }
        int worst = 0;
        for (SideConnection.Request request : requests) {
            int status = request.await();
            worst = status != 0 ? status : worst;
        }
        return worst;
    }

    /** Closes ports, and the connections that go through them; they are free when this returns. */
    void remove(Collection<RelayedPort> gone) {
        lock.lock();
        try {
            List<String> labels = gone.stream().map(RelayedPort::label).toList();
            labels.forEach(ports::remove);
            SideConnection to = link.known();
            if (to != null) {
                // Without an answer there is no process, and its sockets went with it.
                removals(to, labels).forEach(SideConnection.Request::await);
            }
        } finally {
            lock.unlock();
        }
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
            ports.put(port.label(), port);
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
                    && ports.values().stream().anyMatch(port -> port.owner().equals(owner))) {
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
        List<String> strange =
                known.stream().filter(label -> !ports.containsKey(label)).toList();
        removals(to, strange).forEach(SideConnection.Request::await);
        var missing = new LinkedHashMap<RelayedPort, BoundSocket>();
        try {
            ports.values().stream()
                    .filter(port -> !known.contains(port.label()))
                    .forEach(port -> open(port, missing));
            if (!missing.isEmpty() && send(to, missing) != 0) {
                LOG.log(System.Logger.Level.ERROR, "the relay does not take ports of running containers");
            }
        } finally {
            missing.values().forEach(BoundSocket::close);
        }
        ports.values().stream().map(RelayedPort::owner).distinct().forEach(owner -> tellOwner(to, owner));
    }

    private static void open(RelayedPort port, Map<RelayedPort, BoundSocket> into) {
        try {
            into.put(port, port.open());
        } catch (LinuxException taken) {
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
