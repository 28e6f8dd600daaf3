package dev.naru.network;

import java.util.List;

/** Makes networks and connects containers to them. All kernel objects are named after the engine's instance. */
public interface NetworkDriver extends AutoCloseable {
    /**
     * Makes the kernel side of a network, or takes over what an earlier engine left; repeatable.
     *
     * @throws dev.naru.error.NaruException CONFLICT when its subnet overlaps one of the host's
     */
    void ensure(NetworkSpec network);

    /** Removes the kernel side of a network. */
    void remove(NetworkSpec network);

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

    /** Tells the driver of an attachment that an earlier engine made and that still stands. */
    void adopt(NetworkSpec network, Attachment attachment);

    /** Removes whatever of this instance's is in the kernel that is not in this list. */
    void reconcile(List<Attachment> alive);

    @Override
    void close();
}
