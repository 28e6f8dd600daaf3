package dev.naru.engine;

import dev.naru.wire.Network;
import dev.naru.wire.NetworkConnectRequest;
import dev.naru.wire.NetworkCreateRequest;
import dev.naru.wire.NetworkCreateResponse;
import dev.naru.wire.NetworkDisconnectRequest;
import dev.naru.wire.NetworkPruneResponse;
import java.util.List;

/** Networks: the default ones (bridge, host, none) and those that clients make. Errors carry Docker's words. */
public interface NetworkService {
    List<Network> list(Filters filters);

    /**
     * Describes a network.
     *
     * @param id name, id or an unambiguous beginning of one
     */
    Network inspect(String id, boolean verbose);

    /** Makes a network; it stands in the kernel when this returns. */
    NetworkCreateResponse create(NetworkCreateRequest request);

    /** Removes a network that no running container is in. */
    void remove(String id);

    /** Connects a container: a running one at once, another at its next start. */
    void connect(String id, NetworkConnectRequest request);

    void disconnect(String id, NetworkDisconnectRequest request);

    /** Removes networks that no running container is in. */
    NetworkPruneResponse prune(Filters filters);
}
