package dev.naru.network;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.network.Attachment.PublishedPort;
import dev.naru.network.EndpointSpec.PortRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All drivers of an engine behind one: each network goes to the driver it names. */
public final class NetworkDrivers implements NetworkDriver {
    private final BridgeDriver bridge;
    private final Map<String, NetworkDriver> drivers = new LinkedHashMap<>();

    /** The drivers that are built in. */
    public NetworkDrivers(BridgeDriver bridge) {
        this.bridge = requireNonNull(bridge, "bridge");
        var none = new NoInterfaceDriver();
        drivers.put("bridge", bridge);
        drivers.put("host", none);
        drivers.put("null", none);
        drivers.put("macvlan", new StackedDriver(StackedMode.MACVLAN));
        drivers.put("ipvlan", new StackedDriver(StackedMode.IPVLAN));
    }

    public boolean has(String name) {
        return drivers.containsKey(name);
    }

    /** A subnet that nobody uses, as {@link BridgeDriver#freePool(List, List)} finds it. */
    public NetworkSpec.Pool freePool(List<SubnetRange> ranges, List<Subnet> others) {
        return bridge.freePool(ranges, others);
    }

    public BridgeDriver bridge() {
        return bridge;
    }

    private NetworkDriver of(NetworkSpec network) {
        NetworkDriver driver = drivers.get(network.driver());
        if (driver == null) {
            throw NaruException.notFound("plugin \"" + network.driver() + "\" not found");
        }
        return driver;
    }

    @Override
    public void ensure(NetworkSpec network) {
        of(network).ensure(network);
    }

    @Override
    public void remove(NetworkSpec network) {
        of(network).remove(network);
    }

    @Override
    public Attachment attach(NetworkSpec network, EndpointSpec endpoint, NetworkSandbox sandbox) {
        return of(network).attach(network, endpoint, sandbox);
    }

    @Override
    public void prepare(NetworkSpec network, NetworkSandbox sandbox) {
        of(network).prepare(network, sandbox);
    }

    @Override
    public void detach(NetworkSpec network, Attachment attachment) {
        of(network).detach(network, attachment);
    }

    @Override
    public void disconnect(NetworkSpec network, Attachment attachment, NetworkSandbox sandbox) {
        of(network).disconnect(network, attachment, sandbox);
    }

    @Override
    public Attachment republish(
            NetworkSpec network, Attachment attachment, List<PortRequest> add, List<PublishedPort> remove) {
        return of(network).republish(network, attachment, add, remove);
    }

    @Override
    public Map<PublishedPort, List<PortCaller>> explain(NetworkSpec network, Attachment attachment) {
        return of(network).explain(network, attachment);
    }

    @Override
    public void adopt(NetworkSpec network, Attachment attachment) {
        of(network).adopt(network, attachment);
    }

    @Override
    public void reconcile(List<Attachment> alive) {
        for (NetworkDriver driver : new ArrayList<>(drivers.values())) {
            driver.reconcile(alive);
        }
    }

    @Override
    public void close() {
        drivers.values().forEach(NetworkDriver::close);
    }
}
