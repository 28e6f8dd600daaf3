package dev.naru.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
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
