package dev.naru.engine;

import dev.naru.network.Attachment;
import dev.naru.network.NetworkSandbox;
import dev.naru.network.NetworkSpec;
import java.util.List;

/**
 * Told of endpoints as they come and go: at a container's start and end, at live connecting and disconnecting, and of
 * those that stand when the engine starts. Calls for one container come one after the other.
 */
interface EndpointWatch {
    /** Nobody listens. */
    EndpointWatch NONE = new EndpointWatch() {
        @Override
        public void attached(ContainerRecord container, Endpoint endpoint, NetworkSandbox sandbox) {}

        @Override
        public void detached(String containerId, Endpoint endpoint) {}
    };

    /**
     * A connection.
     *
     * @param names what the container is called in the network: its name, its aliases, its short id, its host name
     */
    record Endpoint(NetworkSpec network, Attachment attachment, List<String> names) {
        public Endpoint {
            names = List.copyOf(names);
        }
    }

    /** After the interface stands and before the container's program begins. A failure fails the start. */
    void attached(ContainerRecord container, Endpoint endpoint, NetworkSandbox sandbox);

    /**
     * After a container is launched with all its endpoints, and before its program begins. A failure fails the start.
     *
     * @param pid its first process
     */
    default void beginning(ContainerRecord container, List<Attachment> attachments, NetworkSandbox sandbox, int pid) {}

    /** Waits until everybody acts by what was told of endpoints that came or went while their container runs. */
    default void settled() {}

    /** Whether a container has what the watcher makes inside its network namespace. */
    default boolean isInside(String containerId) {
        return false;
    }

    /** A container has another name, and the same endpoints. */
    default void renamed(Container container) {}

    /** A container has ended, after its endpoints were detached. */
    default void ended(String containerId) {}

    /** All endpoints of an earlier engine are adopted. */
    default void takenOver() {}

    /** Takes an endpoint over that an earlier engine made. */
    default void adopted(ContainerRecord container, Endpoint endpoint) {}

    /** Before the interface goes. The names are empty when the container is not known any more. */
    void detached(String containerId, Endpoint endpoint);
}
