package dev.naru.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** Connects to servers. */
public final class Transports {
    private Transports() {}

    /** Connects to a Unix socket. */
    public static Transport unix(Path path) throws IOException {
        return new ChannelTransport(SocketChannel.open(UnixDomainSocketAddress.of(path)));
    }

    /** Connects to a TCP port. */
    public static Transport tcp(String host, int port) throws IOException {
        SocketChannel channel = SocketChannel.open(address(host, port));
        ChannelListener.setNoDelay(channel);
        return new ChannelTransport(channel);
    }

    /** Speaks over a connected TCP socket. */
    public static Transport tcp(SocketChannel channel) throws IOException {
        ChannelListener.setNoDelay(channel);
        return new ChannelTransport(channel);
    }

    /**
     * Speaks TLS over a connected TCP socket, once hands are shaken; the peer's certificate must be for this host if the
     * context cares. Closing it ends whoever reads or writes at once.
     *
     * @throws java.net.SocketTimeoutException when the peer is silent for so many milliseconds, perhaps as a cause
     */
    public static Transport tls(SocketChannel channel, String host, int port, SSLContext context, int patience)
            throws IOException {
        ChannelListener.setNoDelay(channel);
        Socket below = channel.socket();
        below.setSoTimeout(patience);
        var socket = (SSLSocket) context.getSocketFactory().createSocket(below, host, port, false);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        below.setSoTimeout(0);
        return new SocketTransport(socket, new ChannelTransport(channel));
    }

    /** Connects to a TCP port with TLS; when the peer is verified, its certificate must be for this host. */
    public static Transport tls(String host, int port, Tls tls) throws IOException {
        var socket = (SSLSocket) tls.context().getSocketFactory().createSocket();
        try {
            socket.connect(address(host, port));
            socket.setTcpNoDelay(true);
            SSLParameters parameters = socket.getSSLParameters();
            if (tls.verifyPeer()) {
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
            }
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return new SocketTransport(socket);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** Speaks through a program's standard streams, as {@code docker system dial-stdio} over ssh. */
    public static Transport process(Process process) {
        return new ProcessTransport(process);
    }

    private static InetSocketAddress address(String host, int port) throws IOException {
        var address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new java.net.UnknownHostException(host);
        }
        return address;
    }
}
