package dev.naru.network;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.LockSupport;

/**
 * Copies connections that the kernel does not translate to the container: those to the host's IPv6 addresses when the
 * container has none, those to ::1, which is never routed out of the loopback interface, and those between containers
 * that are kept apart. It works while the engine runs.
 */
final class PortRelay {
    private static final int BUFFER = 64 * 1024;
    private static final long PAUSE_NANOS = 10_000_000;

    private PortRelay() {}

    /** Relays a connection that waits, if one does. */
    static void accept(ServerSocketChannel server, InetSocketAddress target) {
        try {
            SocketChannel client = server.accept();
            if (client != null && forged(client)) {
                client.close();
            } else if (client != null) {
                Thread.ofVirtual().name("naru-relay").start(() -> relay(client, target));
            }
        } catch (IOException gone) {
            pause(server);
        }
    }

    /** Without descriptors a connection goes on waiting, and would be tried again at once. */
    private static void pause(ServerSocketChannel server) {
        if (server.isOpen()) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Without firewall rules only this keeps others from ports on loopback where the host routes it. */
    private static boolean forged(SocketChannel client) throws IOException {
        return loopback(client.getLocalAddress()) && !loopback(client.getRemoteAddress());
    }

    private static boolean loopback(SocketAddress address) {
        return ((InetSocketAddress) address).getAddress().isLoopbackAddress();
    }

    private static void relay(SocketChannel client, InetSocketAddress target) {
        try (client;
                SocketChannel container = SocketChannel.open(target)) {
            Thread back = Thread.ofVirtual().start(() -> copy(container, client));
            copy(client, container);
            back.join();
        } catch (IOException refused) {
            // The client sees its connection end, as it would without the relay.
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private static void copy(SocketChannel from, SocketChannel to) {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        try {
            while (from.read(buffer.clear()) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
            }
            to.shutdownOutput();
        } catch (IOException broken) {
            closeBoth(from, to);
        }
    }

    private static void closeBoth(SocketChannel one, SocketChannel other) {
        try (one;
                other) {
            one.shutdownInput();
        } catch (IOException gone) {
            // The other direction ends by this too.
        }
    }
}
