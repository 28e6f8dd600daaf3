package dev.naru.network;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.network.Attachment.PublishedPort;
import dev.naru.network.EndpointSpec.PortRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** All drivers of an engine behind one: each network goes to the driver it names. */
public final class NetworkDrivers implements NetworkDriver {
    /** The driver of networks that CNI plug-ins make. */
    public static final String CNI = "cni";

    private static final System.Logger LOG = System.getLogger("naru.network");

    private final BridgeDriver bridge;
    private final NetworkPlugins plugins;
    private final Map<String, NetworkDriver> drivers = new LinkedHashMap<>();
    private final Map<String, RemoteDriver> remotes = new ConcurrentHashMap<>();

    /**
     * The drivers that are built in, and those that plug-ins bring.
     *
     * @param state a directory for what plug-ins' connections were made with; made when it is needed
     */
    public NetworkDrivers(BridgeDriver bridge, Path state) {
        this.bridge = requireNonNull(bridge, "bridge");
        this.plugins = bridge.plugins();
        var none = new NoInterfaceDriver();
        drivers.put("bridge", bridge);
        drivers.put("host", none);
        drivers.put("null", none);
        drivers.put("macvlan", new StackedDriver(StackedMode.MACVLAN, plugins));
        drivers.put("ipvlan", new StackedDriver(StackedMode.IPVLAN, plugins));
        drivers.put(CNI, new CniDriver(new CniConnections(state.resolve("cni"))));
    }

    /** Whether there is a driver of that name, built in or a plug-in's. */
    public boolean has(String name) {
        return drivers.containsKey(name)
                || plugins.find(name, RemoteDriver.INTERFACE).isPresent();
    }

    /** Whether the host's kernel has IPv6, and it is not switched off there. */
    public boolean hostHasIpv6() {
        return PortHold.hostHasIpv6()
                && !Sysctl.get("ipv6/conf/all/disable_ipv6").equals("1");
    }

    /** The names of the drivers that there are now. */
    public List<String> names() {
        var names = new ArrayList<>(drivers.keySet());
        names.addAll(plugins.names());
        names.sort(null);
        return names;
    }

    /**
     * A pool of addresses that a plug-in manages.
     *
     * @param asked what of it was asked for; an empty subnet for any
     * @throws NaruException NOT_FOUND when there is no such plug-in
     */
    public NetworkSpec.Pool requestPool(
            String ipam, NetworkSpec.Pool asked, boolean ipv6, Map<String, String> options) {
        return plugins.addresses(ipam).request(asked, ipv6, options);
    }

    /** Gives pools of plug-ins back; what a plug-in does not take is told in the log. */
    public void releasePools(List<NetworkSpec.Pool> pools) {
        for (NetworkSpec.Pool pool : pools) {
            if (!pool.ipam().isEmpty()) {
                try {
                    plugins.addresses(pool.ipam()).release(pool);
                } catch (NaruException failure) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "pool " + pool.subnet() + " was not given back to plugin " + pool.ipam(),
                            failure);
                }
            }
        }
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
        return driver != null ? driver : remote(network.driver());
    }

    /** The plug-in need not be there before something is asked of it. */
    private NetworkDriver remote(String name) {
        return remotes.computeIfAbsent(name, any -> new RemoteDriver(name, plugins));
    }

    @Override
    public void ensure(NetworkSpec network) {
        of(network).ensure(network);
    }

    @Override
    public void takeOver(NetworkSpec network) {
        of(network).takeOver(network);
    }

    @Override
    public void remove(NetworkSpec network) {
        of(network).remove(network);
        releasePools(network.pools());
    }

    @Override
    public void standDown(NetworkSpec network) {
        of(network).standDown(network);
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
    public void lives(String containerId, int pid) {
        drivers.values().forEach(driver -> driver.lives(containerId, pid));
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
    public void awaitRemovals() {
        for (NetworkDriver driver : new ArrayList<>(drivers.values())) {
            driver.awaitRemovals();
        }
    }

    @Override
    public void close() {
        drivers.values().forEach(NetworkDriver::close);
        remotes.values().forEach(NetworkDriver::close);
    }
}
