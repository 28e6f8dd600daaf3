package dev.naru.client;

import dev.naru.wire.Network;
import dev.naru.wire.NetworkConnectRequest;
import dev.naru.wire.NetworkCreateRequest;
import dev.naru.wire.NetworkCreateResponse;
import dev.naru.wire.NetworkDisconnectRequest;
import dev.naru.wire.NetworkPruneResponse;
import java.util.List;
import java.util.Map;

/** The Network group of the Engine API. */
public final class NetworkClient {
    private final Wire wire;

    NetworkClient(Wire wire) {
        this.wire = wire;
    }

    public List<Network> list(Map<String, List<String>> filters) {
        return wire.call("GET", Target.of("networks").filters(filters), null).asList(Network.class);
    }

    public Network inspect(String id, boolean verbose) {
        return wire.call("GET", Target.of("networks", id).flag("verbose", verbose), null)
                .as(Network.class);
    }

    public NetworkCreateResponse create(NetworkCreateRequest request) {
        return wire.call("POST", Target.of("networks", "create"), request).as(NetworkCreateResponse.class);
    }

    public void connect(String id, NetworkConnectRequest request) {
        wire.call("POST", Target.of("networks", id, "connect"), request).done();
    }

    public void disconnect(String id, NetworkDisconnectRequest request) {
        wire.call("POST", Target.of("networks", id, "disconnect"), request).done();
    }

    public void remove(String id) {
        wire.call("DELETE", Target.of("networks", id), null).done();
    }

    public NetworkPruneResponse prune(Map<String, List<String>> filters) {
        return wire.call("POST", Target.of("networks", "prune").filters(filters), null)
                .as(NetworkPruneResponse.class);
    }
}
