package dev.naru.network;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import java.net.InetAddress;
import java.util.Map;

/** A subnet whose addresses a plug-in gives out (Docker's IPAM plug-in protocol). */
final class RemoteAddressPool implements AddressPool {
    private static final System.Logger LOG = System.getLogger("naru.network");

    private final NetworkSpec.Pool pool;
    private final Subnet subnet;
    private final NetworkPlugins plugins;
    private boolean replayed;

    RemoteAddressPool(NetworkSpec.Pool pool, NetworkPlugins plugins) {
        this.pool = requireNonNull(pool, "pool");
        this.subnet = Subnet.parse(pool.subnet());
        this.plugins = requireNonNull(plugins, "plugins");
    }

    @Override
    public Subnet subnet() {
        return subnet;
    }

    @Override
    public InetAddress gateway() {
        return pool.gateway().isEmpty() ? subnet.at(1) : Subnet.literal(pool.gateway());
    }

    @Override
    public InetAddress take(String wanted, NetworkSpec network) {
        String what = "cannot get an address of network " + network.name();
        return Subnet.literal(plugins.addresses(pool.ipam()).address(what, pool.poolId(), wanted, Map.of()));
    }

    /** What cannot be told now is told in the log: the container is gone in any case. */
    @Override
    public void release(InetAddress address) {
        if (!subnet.contains(address)) {
            return;
        }
        try {
            plugins.addressesNow(pool.ipam()).release(pool.poolId(), AddressText.of(address));
        } catch (NaruException failure) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "address " + AddressText.of(address) + " was not given back to plugin " + pool.ipam(),
                    failure);
        }
    }

    /** Plug-ins that forget with the engine are told once more. */
    @Override
    public synchronized void adopt(InetAddress address) {
        if (!subnet.contains(address)) {
            return;
        }
        try {
            AddressPlugin plugin = plugins.addressesNow(pool.ipam());
            if (plugin.wantsReplay()) {
                if (!replayed) {
                    plugin.replay(pool);
                    replayed = true;
                }
                plugin.address("replay of addresses", pool.poolId(), AddressText.of(address), Map.of());
            }
        } catch (NaruException failure) {
            LOG.log(System.Logger.Level.WARNING, "plugin " + pool.ipam() + " was not told of an address", failure);
        }
    }
}
