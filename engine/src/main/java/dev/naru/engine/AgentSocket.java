package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.build.BuildSession;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A socket in a step that stands for an agent of the client; each connection is carried to it. */
final class AgentSocket implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("naru.build");
    private static final String NAME = "agent";

    private final BuildSession.AgentLink link;
    private final ServerSocketChannel server;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

    /** @param place an empty directory for it */
    AgentSocket(Path place, BuildSession.AgentLink link, long uid, long gid, int mode) throws IOException {
        this.link = requireNonNull(link, "link");
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try (Descriptor directory = Descriptor.open(place.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0);
                var calls = new FileCalls()) {
            // A socket's address has room for 107 bytes, and a step's directory is longer.
            server.bind(UnixDomainSocketAddress.of(directory.path() + "/" + NAME));
            calls.chown(directory.number(), NAME, uid, gid);
            calls.chmod(directory.number(), NAME, mode);
        } catch (IOException failure) {
            server.close();
            throw failure;
        }
        Thread.ofVirtual().name("naru-agent").start(this::accept);
    }

    static Path in(Path place) {
        return place.resolve(NAME);
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel connection = server.accept();
                open.add(connection);
                Thread.ofVirtual().name("naru-agent").start(() -> carry(connection));
            }
        } catch (IOException closed) {
            // The step has ended.
        }
    }

    private void carry(SocketChannel connection) {
        try (connection) {
            link.carry(connection);
        } catch (IOException | NaruException failure) {
            LOG.log(System.Logger.Level.DEBUG, "an agent's connection broke off", failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(connection);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            for (SocketChannel each : open) {
                each.close();
            }
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot close an agent's socket", failure);
        }
    }
}
