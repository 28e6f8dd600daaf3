package dev.naru.http;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import org.jspecify.annotations.Nullable;

/** Listens on a Unix or TCP socket without encryption. */
final class ChannelListener implements Listener {
    /** Thousands of clients may come at the same moment; the kernel cuts this to its own limit. */
    static final int BACKLOG = 4096;

    private final ServerSocketChannel channel;
    private final ListenAddress address;

    ChannelListener(ServerSocketChannel channel, ListenAddress address) {
        this.channel = channel;
        this.address = address;
    }

    static ChannelListener tcp(ListenAddress.Tcp address) throws IOException {
        var channel = ServerSocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(new InetSocketAddress(InetAddress.getByName(address.host()), address.port()), BACKLOG);
            int port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
            return new ChannelListener(channel, new ListenAddress.Tcp(address.host(), port, null));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Replaces a socket file that nobody listens on any more; one that answers is another engine's. */
    static ChannelListener unix(ListenAddress.Unix address) throws IOException {
        Path path = address.path();
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            refuseLive(path);
        } else if (path.getParent() != null) {
            Files.createDirectories(path.getParent());
        }
        // Bound beside and renamed, so that nobody connects before the permissions are right.
        Path beside = path.resolveSibling(path.getFileName() + ".new");
        Files.deleteIfExists(beside);
        var channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.bind(UnixDomainSocketAddress.of(beside), BACKLOG);
            permit(beside, address.group());
            Files.move(beside, path, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
            return new ChannelListener(channel, address);
        } catch (IOException | RuntimeException e) {
            channel.close();
            Files.deleteIfExists(beside);
            throw e;
        }
    }

    private static void refuseLive(Path path) throws IOException {
        if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                || Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw NaruException.conflict("cannot listen on " + path + ": it is there and not a socket");
        }
        try (var probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            throw new NaruException(
                    ErrorKind.CONFLICT,
                    "cannot listen on " + path,
                    "another process serves it",
                    "stop that one or choose another address with -H");
        } catch (java.net.SocketException e) {
            // Nobody listens: it was left behind.
        }
    }

    private static void permit(Path socket, @Nullable String group) throws IOException {
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw----"));
        try {
            var names = socket.getFileSystem().getUserPrincipalLookupService();
            Files.getFileAttributeView(socket, PosixFileAttributeView.class)
                    .setGroup(names.lookupPrincipalByGroupName(group == null ? "docker" : group));
        } catch (UserPrincipalNotFoundException e) {
            if (group != null) {
                throw NaruException.invalid("group \"" + group + "\" for the socket does not exist");
            }
        }
    }

    @Override
    public Transport accept() throws IOException {
        SocketChannel accepted = channel.accept();
        if (!(address instanceof ListenAddress.Unix)) {
            setNoDelay(accepted);
        }
        return new ChannelTransport(accepted);
    }

    /** Small frames of an interactive session must not wait for acknowledgements. */
    static void setNoDelay(SocketChannel channel) {
        try {
            if (channel.getRemoteAddress() instanceof InetSocketAddress) {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            }
        } catch (IOException e) {
            // The client has left already; reading from it will tell.
        }
    }

    @Override
    public ListenAddress address() {
        return address;
    }

    @Override
    public void close() throws IOException {
        channel.close();
        if (address instanceof ListenAddress.Unix unix) {
            Files.deleteIfExists(unix.path());
        }
    }
}
