package dev.naru.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** Listens on TCP with TLS. The handshake happens at the connection's first read, on its own thread. */
final class TlsListener implements Listener {
    private final SSLServerSocket socket;
    private final ListenAddress address;

    private TlsListener(SSLServerSocket socket, ListenAddress address) {
        this.socket = socket;
        this.address = address;
    }

    static TlsListener open(ListenAddress.Tcp address, Tls tls) throws IOException {
        var socket = (SSLServerSocket) tls.context().getServerSocketFactory().createServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.setEnabledProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
            socket.setNeedClientAuth(tls.verifyPeer());
            socket.bind(
                    new InetSocketAddress(InetAddress.getByName(address.host()), address.port()),
                    ChannelListener.BACKLOG);
            return new TlsListener(socket, new ListenAddress.Tcp(address.host(), socket.getLocalPort(), tls));
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public Transport accept() throws IOException {
        var accepted = (SSLSocket) socket.accept();
        accepted.setTcpNoDelay(true);
        return new SocketTransport(accepted);
    }

    @Override
    public ListenAddress address() {
        return address;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
