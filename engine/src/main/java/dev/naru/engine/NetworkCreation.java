package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.NetworkRecord.Phase;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.network.NetworkDrivers;
import dev.naru.network.NetworkSpec;
import dev.naru.network.NetworkSpec.Pool;
import dev.naru.wire.IPAM;
import dev.naru.wire.IPAMConfig;
import dev.naru.wire.NetworkCreateRequest;
import dev.naru.wire.NetworkCreateRequestBuilder;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Makes networks: request, record, kernel, and the record that it stands. */
final class NetworkCreation {
    private static final Set<String> PREDEFINED = Set.of("bridge", "host", "none", "default");
    private static final int ID_BYTES = 32;
    private static final int SHORT_ID = 12;
    private static final int MOST_CHOICES = 5;

    private final NetworkTable table;
    private final NetworkDrivers drivers;
    private final SubnetChoice subnets;
    private final EngineConfig config;
    private final SecureRandom random = new SecureRandom();
    /** Subnets are chosen one network at a time, or two would choose the same. */
    private final ReentrantLock lock = new ReentrantLock();

    NetworkCreation(NetworkTable table, NetworkDrivers drivers, EngineConfig config) {
        this.table = requireNonNull(table, "table");
        this.drivers = requireNonNull(drivers, "drivers");
        this.config = requireNonNull(config, "config");
        this.subnets = new SubnetChoice(table, drivers, config);
    }

    /** @throws NaruException with Docker's kinds and texts */
    NetworkRecord create(NetworkCreateRequest request) {
        String name = Values.text(request.name());
        if (name.isBlank()) {
            throw NaruException.invalid("invalid name: name is empty");
        }
        refuseOperators(request);
        if (PREDEFINED.contains(name)) {
            throw forbidden("operation is not permitted on predefined " + name + " network ");
        }
        refuseClustered(request);
        lock.lock();
        try {
            if (table.made().stream().anyMatch(made -> made.name().equals(name))) {
                throw NaruException.conflict("network with name " + name + " already exists");
            }
            return chosen(name, request);
        } finally {
            lock.unlock();
        }
    }

    /** Another engine of this host may take the subnet that was free a moment ago: then the next one is chosen. */
    private NetworkRecord chosen(String name, NetworkCreateRequest request) {
        for (int attempt = 1; ; attempt++) {
            NetworkRecord record = record(name, request);
            try {
                return make(record);
            } catch (NaruException failure) {
                boolean taken =
                        failure.kind() == ErrorKind.CONFLICT && record.asked().isEmpty();
                if (!taken || attempt == MOST_CHOICES) {
                    throw failure;
                }
            }
        }
    }

    private NetworkRecord make(NetworkRecord record) {
        table.begin(record);
        try {
            if (!record.configOnly()) {
                drivers.ensure(record.spec());
            }
            table.insert(record);
        } catch (RuntimeException failure) {
            undo(record, failure);
            throw failure;
        }
        return record;
    }

    private void undo(NetworkRecord record, RuntimeException failure) {
        try {
            drivers.remove(record.spec());
            table.erase(record, List.of());
        } catch (NaruException left) {
            // A new engine finds the record and undoes it once more.
            failure.addSuppressed(left);
        }
    }

    private static void refuseOperators(NetworkCreateRequest request) {
        boolean operator = Values.flag(request.internal())
                || Values.flag(request.attachable())
                || Values.flag(request.ingress())
                || !Values.text(request.scope()).isEmpty();
        if (Values.flag(request.configOnly()) && operator) {
            throw forbidden("configuration network can only contain network specific fields. Network operator fields"
                    + " like [ ingress | internal | attachable | scope ] are not supported.");
        }
    }

    private static void refuseClustered(NetworkCreateRequest request) {
        if ("swarm".equals(request.scope())) {
            throw forbidden("cannot create a swarm scoped network when swarm is not active");
        }
        if ("overlay".equals(request.driver()) || Values.flag(request.ingress())) {
            throw forbidden("This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to"
                    + " connect this node to swarm and try again.");
        }
    }

    private NetworkRecord record(String name, NetworkCreateRequest request) {
        String lender = request.configFrom() == null
                ? ""
                : Values.text(request.configFrom().network());
        boolean configOnly = Values.flag(request.configOnly());
        NetworkCreateRequest full = lender.isEmpty() ? request : borrowed(request, lender, configOnly);
        String driver = configOnly ? "null" : driver(full);
        Map<String, String> options = options(driver, full);
        boolean ipv4 = full.enableIPv4() != null
                ? full.enableIPv4()
                : NetworkOptions.truth(options, NetworkOptions.IPV4, true);
        List<IPAMConfig> asked =
                full.ipam() == null ? List.of() : Values.list(full.ipam().config());
        Map<String, String> ipamOptions =
                full.ipam() == null ? Map.of() : Values.map(full.ipam().options());
        String ipam = ipamDriver(full.ipam(), driver);
        // As far as addresses are the engine's to give, and the host could carry what is sent to them.
        boolean both = driver.equals("bridge") && ipam.equals("default") && drivers.hostHasIpv6();
        boolean ipv6 = full.enableIPv6() != null
                ? full.enableIPv6()
                : NetworkOptions.truth(options, NetworkOptions.IPV6, both);
        if (ipam.equals("default")) {
            SubnetChoice.check(asked, ipv4, ipv6);
        }
        boolean internal = Values.flag(full.internal());
        NetworkOptions.check(driver, options, internal);
        if (driver.equals("bridge")) {
            refuseSeveral(asked, false);
            refuseSeveral(asked, true);
        }
        List<Pool> pools = configOnly ? List.of() : pools(ipam, asked, ipamOptions, ipv4, ipv6);
        String id = newId();
        return new NetworkRecord(
                spec(id, name, driver, pools, options, internal),
                Phase.CREATING,
                Timestamps.text(Timestamps.now()),
                ipv4,
                ipv6,
                Values.flag(full.attachable()),
                configOnly,
                lender,
                ipam,
                asked,
                ipamOptions,
                Values.map(full.labels()));
    }

    private static void refuseSeveral(List<IPAMConfig> asked, boolean ipv6) {
        boolean several = asked.stream()
                        .map(each -> Values.text(each.subnet()))
                        .filter(subnet -> !subnet.isEmpty() && subnet.contains(":") == ipv6)
                        .count()
                > 1;
        if (several) {
            throw forbidden("bridge driver doesn't support multiple subnets");
        }
    }

    /** CNI plug-ins bring their own addresses. */
    private static String ipamDriver(@Nullable IPAM asked, String driver) {
        String name = asked == null ? "" : Values.text(asked.driver());
        if (driver.equals(NetworkDrivers.CNI)) {
            if (!(asked == null || Values.list(asked.config()).isEmpty())) {
                throw NaruException.invalid("the plug-ins of a network of driver cni give its addresses:"
                        + " write subnets into its configuration");
            }
            return "null";
        }
        return name.isEmpty() ? "default" : name;
    }

    private List<Pool> pools(
            String ipam, List<IPAMConfig> asked, Map<String, String> options, boolean ipv4, boolean ipv6) {
        return switch (ipam) {
            case "default" -> subnets.pools(asked, ipv4, ipv6);
            case "null" -> List.of();
            default -> remotePools(ipam, asked, options, ipv4, ipv6);
        };
    }

    private List<Pool> remotePools(
            String ipam, List<IPAMConfig> asked, Map<String, String> options, boolean ipv4, boolean ipv6) {
        var pools = new ArrayList<Pool>();
        boolean asked6 =
                asked.stream().anyMatch(each -> Values.text(each.subnet()).contains(":"));
        boolean asked4 =
                asked.stream().anyMatch(each -> !Values.text(each.subnet()).contains(":"));
        try {
            for (IPAMConfig each : asked) {
                pools.add(drivers.requestPool(
                        ipam, asked(each), Values.text(each.subnet()).contains(":"), options));
            }
            if (ipv4 && !asked4) {
                pools.add(drivers.requestPool(ipam, new Pool("", "", ""), false, options));
            }
            if (ipv6 && !asked6) {
                pools.add(drivers.requestPool(ipam, new Pool("", "", ""), true, options));
            }
            return pools;
        } catch (RuntimeException failure) {
            drivers.releasePools(pools);
            throw failure;
        }
    }

    private static Pool asked(IPAMConfig asked) {
        return new Pool(
                Values.text(asked.subnet()),
                Values.text(asked.gateway()),
                Values.text(asked.ipRange()),
                List.copyOf(Values.map(asked.auxiliaryAddresses()).values()));
    }

    private NetworkSpec spec(
            String id, String name, String driver, List<Pool> pools, Map<String, String> options, boolean internal) {
        boolean bridged = driver.equals("bridge");
        String bridge = options.getOrDefault(NetworkOptions.NAME, "");
        return new NetworkSpec(
                id,
                name,
                driver,
                !bridged ? "" : bridge.isEmpty() ? "br-" + id.substring(0, SHORT_ID) : bridge,
                pools,
                NetworkOptions.mtu(options, bridged ? config.mtu() : 0),
                internal,
                NetworkOptions.truth(options, NetworkOptions.ICC, true),
                NetworkOptions.truth(options, NetworkOptions.MASQUERADE, true),
                options);
    }

    private Map<String, String> options(String driver, NetworkCreateRequest request) {
        Map<String, String> options = new TreeMap<>(config.networkOptions().getOrDefault(driver, Map.of()));
        options.putAll(Values.map(request.options()));
        return options;
    }

    private String driver(NetworkCreateRequest request) {
        String driver = Values.text(request.driver()).toLowerCase(Locale.ROOT);
        if (driver.isEmpty() || driver.equals("default")) {
            return "bridge";
        }
        if (driver.equals("host") || driver.equals("null") || driver.equals("none")) {
            String shown = driver.equals("none") ? "null" : driver;
            throw forbidden("only one instance of \"" + shown + "\" network is allowed");
        }
        if (!drivers.has(driver)) {
            throw NaruException.notFound("plugin \"" + driver + "\" not found");
        }
        return driver;
    }

    private NetworkCreateRequest borrowed(NetworkCreateRequest request, String lender, boolean configOnly) {
        if (configOnly) {
            throw forbidden("a configuration network cannot depend on another configuration network");
        }
        NetworkRecord from = table.find(lender)
                .flatMap(table::record)
                .filter(NetworkRecord::configOnly)
                .orElseThrow(() -> NaruException.notFound("configuration network \"" + lender + "\" does not exist"));
        boolean own =
                !(request.ipam() == null || Values.list(request.ipam().config()).isEmpty())
                        || Values.flag(request.enableIPv6())
                        || !Values.map(request.labels()).isEmpty()
                        || !Values.map(request.options()).isEmpty()
                        || Values.flag(request.internal());
        if (own) {
            throw forbidden(
                    "user specified configurations are not supported if the network depends on a configuration network");
        }
        return NetworkCreateRequestBuilder.builder(request)
                .ipam(new IPAM(from.ipamDriver(), from.asked(), from.ipamOptions()))
                .enableIPv4(from.ipv4())
                .enableIPv6(from.ipv6())
                .internal(from.spec().internal())
                .options(from.spec().options())
                .labels(from.labels())
                .build();
    }

    private String newId() {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    static NaruException forbidden(String text) {
        return new NaruException(ErrorKind.FORBIDDEN, text);
    }
}
