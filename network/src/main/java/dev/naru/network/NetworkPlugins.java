package dev.naru.network;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.plugin.PluginAddress;
import dev.naru.plugin.PluginCalls;
import dev.naru.plugin.PluginDirectories;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The plug-ins for networks and addresses, as their files come and go. Each is activated when it is first used. */
final class NetworkPlugins {
    private static final System.Logger LOG = System.getLogger("naru.network");
    /** Docker's, for one that is about to be started. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final PluginDirectories directories;
    private final Map<String, Activated> activated = new ConcurrentHashMap<>();

    private record Activated(PluginAddress address, List<String> interfaces) {}

    NetworkPlugins(PluginDirectories directories) {
        this.directories = requireNonNull(directories, "directories");
    }

    /**
     * The plug-in of a name, if it implements that much.
     *
     * @throws NaruException UNAVAILABLE when it does not answer
     */
    Optional<RemoteCalls> find(String name, String implemented) {
        return find(name, implemented, PATIENCE);
    }

    private Optional<RemoteCalls> find(String name, String implemented, Duration patience) {
        Optional<PluginAddress> address = directories.find(name);
        if (address.isEmpty()) {
            activated.remove(name);
            return Optional.empty();
        }
        Activated known = activated.get(name);
        if (known == null || !known.address().equals(address.get())) {
            List<String> interfaces =
                    new PluginCalls(address.get(), patience).activate("cannot activate plugin " + name);
            known = new Activated(address.get(), List.copyOf(interfaces));
            activated.put(name, known);
        }
        return known.interfaces().contains(implemented)
                ? Optional.of(new RemoteCalls(new PluginCalls(address.get(), PATIENCE)))
                : Optional.empty();
    }

    /** @throws NaruException NOT_FOUND with Docker's text */
    RemoteCalls get(String name, String implemented) {
        return find(name, implemented).orElseThrow(() -> NaruException.notFound("plugin \"" + name + "\" not found"));
    }

    /** The plug-ins that make networks and can be reached now. */
    List<String> names() {
        var names = new ArrayList<String>();
        for (String name : directories.names()) {
            try {
                find(name, RemoteDriver.INTERFACE, Duration.ZERO).ifPresent(calls -> names.add(name));
            } catch (NaruException unreachable) {
                LOG.log(System.Logger.Level.DEBUG, "plug-in " + name + " is left out", unreachable);
            }
        }
        return names;
    }

    AddressPlugin addresses(String name) {
        return new AddressPlugin(get(name, AddressPlugin.INTERFACE));
    }

    /** The same without waiting for one that is about to come. */
    AddressPlugin addressesNow(String name) {
        return find(name, AddressPlugin.INTERFACE, Duration.ZERO)
                .map(AddressPlugin::new)
                .orElseThrow(() -> NaruException.notFound("plugin \"" + name + "\" not found"));
    }

    /** The addresses of a network's pool, ours or a plug-in's. */
    AddressPool pool(NetworkSpec.Pool pool) {
        return pool.ipam().isEmpty() ? new OwnAddressPool(pool) : new RemoteAddressPool(pool, this);
    }

    List<AddressPool> pools(NetworkSpec network) {
        return network.pools().stream().map(this::pool).toList();
    }
}
