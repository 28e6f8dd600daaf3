package dev.naru.network;

import static java.util.Objects.requireNonNull;

import dev.naru.linux.NetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A namespace that an open descriptor of this process keeps: when the process dies, nothing is left. */
final class KernelSandbox implements NetworkSandbox {
    private final NetworkNamespace namespace;
    private final Path path;
    private final long inode;
    private final AtomicReference<@Nullable VethPair> prepared = new AtomicReference<>();
    private final AtomicReference<@Nullable ResolverSockets> resolverSockets = new AtomicReference<>();

    KernelSandbox(NetworkNamespace namespace) {
        this.namespace = requireNonNull(namespace, "namespace");
        this.path = Path.of("/proc/" + ProcessHandle.current().pid() + "/fd/"
                + namespace.descriptor().number());
        this.inode = inode(path);
    }

    /** One whose container will be answered names by these sockets. */
    KernelSandbox(NetworkNamespace namespace, ResolverSockets sockets) {
        this(namespace);
        resolverSockets.set(sockets);
    }

    NetworkNamespace namespace() {
        return namespace;
    }

    /** Keeps a pair that is already in the namespace for the first attachment. */
    void prepared(VethPair pair) {
        prepared.set(pair);
    }

    /** Hands out the pair that was made ahead, once. */
    Optional<VethPair> takePrepared() {
        return Optional.ofNullable(prepared.getAndSet(null));
    }

    /** Makes what the resolver will need, for a container that is going to have names. */
    void prepareResolverSockets() {
        resolverSockets.set(ResolverSockets.open(namespace));
    }

    /** Hands out the sockets that were made ahead, once. */
    Optional<ResolverSockets> takeResolverSockets() {
        return Optional.ofNullable(resolverSockets.getAndSet(null));
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public long inode() {
        return inode;
    }

    @Override
    public void close() {
        takeResolverSockets().ifPresent(ResolverSockets::close);
        namespace.close();
    }

    private static long inode(Path path) {
        try {
            return (Long) Files.getAttribute(path, "unix:ino");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
