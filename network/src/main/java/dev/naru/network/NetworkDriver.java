package dev.naru.network;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.network.Attachment.PublishedPort;
import dev.naru.network.EndpointSpec.PortRequest;
import java.util.List;
import java.util.Map;

/** Makes networks and connects containers to them. All kernel objects are named after the engine's instance. */
public interface NetworkDriver extends AutoCloseable {
    /**
     * Makes the kernel side of a network, or takes over what an earlier engine left; repeatable.
     *
     * @throws dev.naru.error.NaruException CONFLICT when its subnet overlaps one of the host's
     */
    void ensure(NetworkSpec network);

    /** Takes over a network that an earlier engine made. */
    default void takeOver(NetworkSpec network) {
        ensure(network);
    }

    /** Removes the kernel side of a network. */
    void remove(NetworkSpec network);

    /** Takes what an engine that ends has in the kernel for a network without containers, which a next one makes again. */
    default void standDown(NetworkSpec network) {
        remove(network);
    }

    /**
     * Connects a network namespace: interface, addresses, routes, published ports, in one exchange each.
     *
     * @throws dev.naru.error.NaruException CONFLICT when a port is in use, naming it
     */
    Attachment attach(NetworkSpec network, EndpointSpec endpoint, NetworkSandbox sandbox);

    /** Does ahead of time what attaching this fresh sandbox to the network will need; it may go unused and be closed. */
    default void prepare(NetworkSpec network, NetworkSandbox sandbox) {}

    /**
     * Undoes an attachment: ports and rules are gone when this returns, the interface soon after. Repeatable, and works
     * from the record alone after a restart.
     */
    void detach(NetworkSpec network, Attachment attachment);

    /**
     * Disconnects a container that goes on running: its interface is gone when this returns.
     *
     * @param sandbox the container's namespace
     */
    default void disconnect(NetworkSpec network, Attachment attachment, NetworkSandbox sandbox) {
        detach(network, attachment);
    }

    /**
     * Publishes more ports of an attachment that stands, and fewer; all at once or, when this fails, none.
     *
     * @param remove ports of the attachment
     * @return the attachment as it is now
     * @throws dev.naru.error.NaruException CONFLICT when a port is in use, NOT_SUPPORTED when nothing can be published
     */
    default Attachment republish(
            NetworkSpec network, Attachment attachment, List<PortRequest> add, List<PublishedPort> remove) {
        throw new NaruException(
                ErrorKind.NOT_SUPPORTED, "a container on network " + network.name() + " publishes no ports");
    }

    /**
     * Tells the process with which a container's ports go when it ends while no engine runs.
     *
     * @param pid 0 when it has ended
     */
    default void lives(String containerId, int pid) {}

    /** Who reaches the published ports of an attachment, by the rules that the kernel has now. */
    default Map<PublishedPort, List<PortCaller>> explain(NetworkSpec network, Attachment attachment) {
        return Map.of();
    }

    /** Tells the driver of an attachment that an earlier engine made and that still stands. */
    void adopt(NetworkSpec network, Attachment attachment);

    /** Removes whatever of this instance's is in the kernel that is not in this list; some of it soon. */
    void reconcile(List<Attachment> alive);

    /** Waits until what {@link #reconcile} and {@link #detach} found to be nobody's is gone. Not for virtual threads. */
    default void awaitRemovals() {}

    @Override
    void close();
}
