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
    private final AtomicReference<@Nullable VethPair> prepared = new AtomicReference<>();
    private final AtomicReference<@Nullable ResolverSockets> resolverSockets;

    KernelSandbox(NetworkNamespace namespace) {
        this(namespace, new AtomicReference<>());
    }

    /**
     * One whose container will be answered names.
     *
     * @param sockets holds what they are answered by when the namespace has been entered
     */
    KernelSandbox(NetworkNamespace namespace, AtomicReference<@Nullable ResolverSockets> sockets) {
        this.resolverSockets = sockets;
        this.namespace = requireNonNull(namespace, "namespace");
        this.path = Path.of("/proc/" + ProcessHandle.current().pid() + "/fd/"
                + namespace.descriptor().number());
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
        namespace.enter();
        return Optional.ofNullable(resolverSockets.getAndSet(null));
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public long inode() {
        try {
            return (Long) Files.getAttribute(path, "unix:ino");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        namespace.close();
        Optional.ofNullable(resolverSockets.getAndSet(null)).ifPresent(ResolverSockets::close);
    }
}
