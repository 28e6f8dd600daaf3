package dev.naru.http;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Serves HTTP/1.1 on any number of addresses, a virtual thread for each connection. An idle connection costs its
 * socket, its parked thread and no buffer.
 */
public final class HttpServer implements Closeable {
    private static final System.Logger LOG = System.getLogger("naru.http");

    private static final byte[] BUSY = String.join(
                    "\r\n",
                    "HTTP/1.1 503 Service Unavailable",
                    "Content-Type: application/json",
                    "Connection: close",
                    "Content-Length: 40",
                    "",
                    "{\"message\":\"too many open connections\"}\n")
            .getBytes(StandardCharsets.ISO_8859_1);

    private final Handler handler;
    private final Limits limits;
    private final int most;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final Set<ServerConnection> connections = ConcurrentHashMap.newKeySet();
    private @Nullable Thread sweeper;
    private volatile boolean closed;

    public HttpServer(Handler handler, Limits limits) {
        this.handler = requireNonNull(handler, "handler");
        this.limits = requireNonNull(limits, "limits");
        this.most = limits.connections() == 0 ? OpenFiles.connections() : limits.connections();
    }

    /**
     * Begins to serve an address; answers it with the port that was chosen.
     *
     * @throws NaruException CONFLICT when another process serves it, INVALID when it can't be listened on
     */
    public ListenAddress listen(ListenAddress address) {
        Listener listener;
        try {
            listener = switch (address) {
                case ListenAddress.Unix unix -> ChannelListener.unix(unix);
                case ListenAddress.Tcp tcp when tcp.tls() == null -> ChannelListener.tcp(tcp);
                case ListenAddress.Tcp tcp -> TlsListener.open(tcp, requireNonNull(tcp.tls()));
                case ListenAddress.Inherited inherited -> InheritedListener.open(inherited);
            };
        } catch (IOException e) {
            throw NaruException.because(ErrorKind.CONFLICT, "cannot listen on " + address, e);
        }
        listeners.add(listener);
        startSweeper();
        Thread.ofVirtual().name("accept " + address).start(() -> accept(listener));
        return listener.address();
    }

    public int connections() {
        return connections.size();
    }

    Handler handler() {
        return handler;
    }

    Limits limits() {
        return limits;
    }

    void ended(ServerConnection connection) {
        connections.remove(connection);
    }

    private void accept(Listener listener) {
        while (!closed) {
            try {
                Transport transport = listener.accept();
                if (connections.size() >= most) {
                    refuse(transport);
                    continue;
                }
                var connection = new ServerConnection(transport, this);
                connections.add(connection);
                Thread.ofVirtual().start(connection);
            } catch (IOException e) {
                if (closed) {
                    return;
                }
                // Out of descriptors, mostly. Connections that end give some back; until then the rest waits its turn.
                LOG.log(System.Logger.Level.WARNING, "cannot accept a connection on {0}: {1}", listener.address(), e);
                pause(100);
            }
        }
    }

    /** Says so where that needs no exchange of keys first; a client that hears nothing sees the end at least. */
    private static void refuse(Transport transport) {
        try (transport) {
            if (transport instanceof ChannelTransport) {
                transport.write(BUSY, 0, BUSY.length);
                transport.shutdownOutput();
            }
        } catch (IOException gone) {
            LOG.log(System.Logger.Level.DEBUG, "a client that was refused", gone);
        }
    }

    private synchronized void startSweeper() {
        if (sweeper == null) {
            sweeper = Thread.ofVirtual().name("http deadlines").start(this::sweep);
        }
    }

    /** Channels have no read timeout; closing them from outside is the way to have one. */
    private void sweep() {
        while (!closed && pause(2000)) {
            long now = System.nanoTime();
            for (ServerConnection connection : connections) {
                long deadline = connection.deadline();
                if (deadline != 0 && now - deadline > 0) {
                    connection.close();
                }
            }
        }
    }

    private static boolean pause(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Stops listening, and ends every request that is being served. */
    @Override
    public synchronized void close() {
        closed = true;
        for (Listener listener : listeners) {
            try {
                listener.close();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "cannot close listener", e);
            }
        }
        connections.forEach(ServerConnection::interrupt);
        if (sweeper != null) {
            sweeper.interrupt();
        }
    }
}
