package dev.naru.registry;

import dev.naru.http.Headers;
import dev.naru.http.HttpConnection;
import dev.naru.http.Transports;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Opens connections, through proxies and with TLS where that is asked for, and keeps those that may serve again. */
final class Connections implements AutoCloseable {
    private static final int CONNECT_MILLIS = 15_000;
    private static final int HANDSHAKE_MILLIS = 30_000;
    private static final int MOST_IDLE = 8;

    private final Optional<ProxySelector> proxies;
    private final Patience patience;
    private final Map<Target, Deque<Connection>> idle = new HashMap<>();
    private final Map<TlsSettings, SSLContext> contexts = new HashMap<>();

    /**
     * What a connection leads to; equal ones can stand in for each other.
     *
     * @param tls null without
     * @param proxy null without
     */
    record Target(
            String host,
            int port,
            @Nullable TlsSettings tls,
            @Nullable InetSocketAddress proxy) {
        static Target of(URI uri, TlsSettings tls, @Nullable InetSocketAddress proxy) {
            boolean secure = "https".equals(uri.getScheme());
            int port = uri.getPort() >= 0 ? uri.getPort() : secure ? 443 : 80;
            String host = uri.getHost().toLowerCase(Locale.ROOT).replaceAll("[\\[\\]]", "");
            return new Target(host, port, secure ? tls : null, proxy);
        }

        /** What a request's first line names; a proxy without a tunnel needs all of the address. */
        String resource(URI uri) {
            String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
            String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
            boolean whole = proxy != null && tls == null;
            String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
            return (whole ? uri.getScheme() + "://" + uri.getHost() + port : "") + path + query;
        }

        private String authority() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    Connections(Optional<ProxySelector> proxies, Duration patience) {
        this.proxies = proxies;
        this.patience = new Patience(patience);
    }

    /** A connection that nobody else has. */
    Connection take(URI uri, TlsSettings tls) throws IOException {
        Target target = Target.of(uri, tls, proxy(uri));
        for (Connection each = poll(target); each != null; each = poll(target)) {
            if (each.transport().wake()) {
                return each;
            }
            each.close();
        }
        return open(target);
    }

    private @Nullable InetSocketAddress proxy(URI uri) {
        Proxy proxy = proxies.map(each -> each.select(uri).getFirst()).orElse(Proxy.NO_PROXY);
        return proxy.address() instanceof InetSocketAddress address ? address : null;
    }

    private synchronized @Nullable Connection poll(Target target) {
        Deque<Connection> known = idle.get(target);
        return known == null ? null : known.pollFirst();
    }

    void giveBack(Connection connection) {
        connection.transport().rest();
        Connection tooMuch;
        synchronized (this) {
            Deque<Connection> known = idle.computeIfAbsent(connection.target(), any -> new ArrayDeque<>());
            known.addFirst(connection);
            tooMuch = known.size() > MOST_IDLE ? known.pollLast() : null;
        }
        if (tooMuch != null) {
            tooMuch.close();
        }
    }

    synchronized void forget(Connection connection) {
        Deque<Connection> known = idle.get(connection.target());
        if (known != null && known.remove(connection) && known.isEmpty()) {
            idle.remove(connection.target());
        }
    }

    private Connection open(Target target) throws IOException {
        InetSocketAddress proxy = target.proxy();
        SocketChannel channel =
                proxy == null ? connect(target.host(), target.port()) : connect(proxy.getHostString(), proxy.getPort());
        boolean open = false;
        try {
            var transport = new PatientTransport(transport(channel, target), patience);
            patience.watch(transport);
            open = true;
            return new Connection(this, target, transport);
        } catch (ClosedByInterruptException stopped) {
            throw interrupted(stopped);
        } catch (IOException failure) {
            throw late(failure) ? timeout("the TLS handshake takes too long", failure) : failure;
        } finally {
            if (!open) {
                channel.close();
            }
        }
    }

    private dev.naru.http.Transport transport(SocketChannel channel, Target target) throws IOException {
        TlsSettings tls = target.tls();
        if (tls == null) {
            return Transports.tcp(channel);
        }
        if (target.proxy() != null) {
            tunnel(channel, target.authority());
        }
        return Transports.tls(channel, target.host(), target.port(), context(tls), HANDSHAKE_MILLIS);
    }

    /** Has the proxy connect (RFC 9110, section 9.3.6). */
    private void tunnel(SocketChannel channel, String authority) throws IOException {
        var transport = new PatientTransport(Transports.tcp(channel), patience);
        patience.watch(transport);
        transport.expectHead();
        try {
            int status = new HttpConnection(transport)
                    .send("CONNECT", authority, new Headers().set("Host", authority), new byte[0])
                    .status();
            if (status != 200) {
                throw new ConnectException("the proxy refuses to connect to " + authority + ": status " + status);
            }
        } catch (IOException failure) {
            throw transport.told(failure);
        } finally {
            patience.leave(transport);
        }
    }

    private synchronized SSLContext context(TlsSettings tls) {
        return contexts.computeIfAbsent(tls, TlsContexts::of);
    }

    private static SocketChannel connect(String host, int port) throws IOException {
        IOException last = new ConnectException("no such host");
        for (InetAddress each : addresses(host)) {
            SocketChannel channel = SocketChannel.open();
            try {
                channel.socket().connect(new InetSocketAddress(each, port), CONNECT_MILLIS);
                return channel;
            } catch (IOException failure) {
                channel.close();
                if (Thread.currentThread().isInterrupted()) {
                    throw interrupted(failure);
                }
                last = late(failure) ? timeout("HTTP connect timed out", failure) : inLowerCase(failure);
            }
        }
        throw last;
    }

    /** As it stands in the middle of a sentence. */
    private static IOException inLowerCase(IOException failure) {
        return failure instanceof ConnectException
                ? new ConnectException(String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT))
                : failure;
    }

    private static InetAddress[] addresses(String host) throws ConnectException {
        try {
            return InetAddress.getAllByName(host);
        } catch (UnknownHostException unknown) {
            throw (ConnectException) new ConnectException("no such host").initCause(unknown);
        }
    }

    private static boolean late(IOException failure) {
        return failure instanceof SocketTimeoutException || failure.getCause() instanceof SocketTimeoutException;
    }

    private static IOException timeout(String text, IOException cause) {
        return (IOException) new HttpConnectTimeoutException(text).initCause(cause);
    }

    static InterruptedIOException interrupted(IOException cause) {
        return (InterruptedIOException) new InterruptedIOException("interrupted").initCause(cause);
    }

    /** Ends all of them, whoever uses them. */
    @Override
    public void close() {
        patience.close();
        synchronized (this) {
            idle.clear();
        }
    }
}
