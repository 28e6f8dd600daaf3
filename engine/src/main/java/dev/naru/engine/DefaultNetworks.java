package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.EngineConfig.AddressPool;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.network.NetworkDriver;
import dev.naru.network.NetworkDrivers;
import dev.naru.network.NetworkSpec;
import dev.naru.network.NetworkSpec.Pool;
import dev.naru.network.Subnet;
import dev.naru.store.Database;
import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The networks that every engine has: bridge, host and none. What was chosen for them once stays. */
final class DefaultNetworks {
    private static final String HOST_BINDING = "com.docker.network.bridge.host_binding_ipv4";

    /** Kind of {@link NetworkSpec} documents. */
    static final String KIND = "networks";

    private final List<NetworkSpec> networks;

    private DefaultNetworks(List<NetworkSpec> networks) {
        this.networks = List.copyOf(networks);
    }

    /**
     * Reads or makes them, the bridge in the kernel too.
     *
     * @throws NaruException CONFLICT when no subnet is free
     */
    static DefaultNetworks open(Database database, NetworkDrivers driver, EngineConfig config) {
        JsonType<NetworkSpec> json = Jsonb.builder().build().type(NetworkSpec.class);
        var found = new ArrayList<NetworkSpec>();
        database.read(transaction -> transaction.list(KIND))
                .forEach(document -> found.add(json.fromJson(document.body())));
        var networks = new ArrayList<NetworkSpec>();
        for (String name : List.of("bridge", "host", "none")) {
            Optional<NetworkSpec> before =
                    found.stream().filter(spec -> spec.name().equals(name)).findFirst();
            NetworkSpec spec =
                    name.equals("bridge") ? ensureBridge(before, driver, config) : before.orElseGet(() -> plain(name));
            if (!before.filter(spec::equals).isPresent()) {
                database.write(transaction -> {
                    transaction.put(KIND, spec.id(), json.toJsonBytes(spec));
                    return Boolean.TRUE;
                });
            }
            networks.add(spec);
        }
        return new DefaultNetworks(networks);
    }

    List<NetworkSpec> all() {
        return networks;
    }

    /** The network that containers are connected to when they don't say. */
    NetworkSpec bridge() {
        return networks.getFirst();
    }

    Optional<NetworkSpec> find(String idOrName) {
        String name = idOrName.equals("default") || idOrName.isEmpty() ? "bridge" : idOrName;
        for (NetworkSpec network : networks) {
            if (network.name().equals(name) || network.id().equals(name)) {
                return Optional.of(network);
            }
        }
        List<NetworkSpec> begun = networks.stream()
                .filter(network -> network.id().startsWith(name))
                .toList();
        return begun.size() == 1 ? Optional.of(begun.getFirst()) : Optional.empty();
    }

    private static NetworkSpec plain(String name) {
        String driver = name.equals("none") ? "null" : name;
        return new NetworkSpec(newId(), name, driver, "", List.of(), 0, false, true, false, Map.of());
    }

    private static String newId() {
        byte[] id = new byte[32];
        new SecureRandom().nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    private static NetworkSpec ensureBridge(Optional<NetworkSpec> before, NetworkDrivers driver, EngineConfig config) {
        String id = before.map(NetworkSpec::id).orElseGet(DefaultNetworks::newId);
        List<Pool> six = config.ipv6() && driver.hostHasIpv6() ? List.of(pool6(config)) : List.of();
        if (config.bridgeAddress() != null) {
            return ensured(driver, bridge(id, pool(config.bridgeAddress(), config), six, config));
        }
        if (before.isPresent() && !before.get().pools().isEmpty()) {
            return ensured(driver, bridge(id, before.get().pools().getFirst(), six, config));
        }
        for (AddressPool source : config.addressPools()) {
            for (String address : Ipv4Range.firstAddresses(source.base(), source.size())) {
                try {
                    return ensured(driver, bridge(id, pool(address, config), six, config));
                } catch (NaruException taken) {
                    if (taken.kind() != ErrorKind.CONFLICT) {
                        throw taken;
                    }
                }
            }
        }
        throw new NaruException(
                ErrorKind.CONFLICT,
                "cannot make bridge " + config.bridge(),
                "all subnets of the default address pools are in use",
                "give --bip or another --default-address-pool");
    }

    private static NetworkSpec ensured(NetworkDriver driver, NetworkSpec spec) {
        driver.ensure(spec);
        return spec;
    }

    private static Pool pool(String addressWithPrefix, EngineConfig config) {
        Ipv4Range range = Ipv4Range.parse(addressWithPrefix);
        String fixed = config.fixedRange();
        return new Pool(range.subnet(), range.address(), fixed == null ? "" : fixed);
    }

    private static Pool pool6(EngineConfig config) {
        String given = config.fixedRange6();
        Subnet subnet = Subnet.parse(given == null ? UniqueLocalRange.ofTheBridge(config) : given);
        if (!subnet.ipv6()) {
            throw NaruException.invalid("invalid subnet \"" + given + "\" for fixed-cidr-v6: it is not one of IPv6");
        }
        return new Pool(subnet.toString(), Subnet.text(subnet.at(1)), "");
    }

    private static NetworkSpec bridge(String id, Pool pool, List<Pool> six, EngineConfig config) {
        requireNonNull(pool, "pool");
        var pools = new ArrayList<>(List.of(pool));
        pools.addAll(six);
        return new NetworkSpec(
                id,
                "bridge",
                "bridge",
                config.bridge(),
                pools,
                config.mtu(),
                false,
                config.interContainer(),
                config.masquerade(),
                config.defaultAddress().isEmpty() ? Map.of() : Map.of(HOST_BINDING, config.defaultAddress()));
    }
}
