package dev.naru.network;

import static java.util.Objects.requireNonNull;

import dev.naru.linux.BoundSocket;
import java.util.ArrayList;
import java.util.List;

/** Ports on their way to the relay: sent while more are opened, and the relay's when all have arrived. */
final class RelayHandover implements AutoCloseable {
    /** A port with its socket. */
    record Opened(RelayedPort port, BoundSocket socket) implements AutoCloseable {
        Opened {
            requireNonNull(port, "port");
            requireNonNull(socket, "socket");
        }

        static Opened of(RelayedPort port) {
            return new Opened(port, port.open());
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    private final PortRelay relay;
    private final List<Opened> opened = new ArrayList<>();
    private final List<SideConnection.Request> requests = new ArrayList<>();
    private int sent;
    private boolean taken;

    RelayHandover(PortRelay relay) {
        this.relay = requireNonNull(relay, "relay");
    }

    /** @throws dev.naru.linux.LinuxException when another program has it, or the host has no such address */
    void open(RelayedPort port) {
        opened.add(Opened.of(port));
    }

    /** Closes a port that was opened and not yet sent; false when there is none. */
    boolean drop(RelayedPort port) {
        for (int i = opened.size() - 1; i >= sent; i--) {
            if (opened.get(i).port().equals(port)) {
                opened.remove(i).close();
                return true;
            }
        }
        return false;
    }

    /** Sends what makes whole messages; without waiting. */
    void send() {
        while (opened.size() - sent >= RelayMessage.MOST) {
            send(RelayMessage.MOST);
        }
    }

    private void send(int count) {
        requests.add(relay.send(opened.subList(sent, sent + count)));
        sent += count;
    }

    /**
     * Has the relay serve all of them from now on.
     *
     * @throws dev.naru.error.NaruException UNAVAILABLE when the relay can't be had
     */
    void finish() {
        send();
        if (opened.size() > sent) {
            send(opened.size() - sent);
        }
        if (!opened.isEmpty()) {
            relay.taken(opened, requests);
        }
        taken = true;
    }

    /** What was not finished is undone. */
    @Override
    public void close() {
        if (!taken && sent > 0) {
            relay.undo(opened.subList(0, sent).stream().map(Opened::port).toList());
        }
        opened.forEach(Opened::close);
        opened.clear();
    }
}
