package dev.naru.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.network.Attachment;
import dev.naru.network.NetworkSpec;
import dev.naru.network.Subnet;
import dev.naru.store.Database;
import dev.naru.wire.ConfigReference;
import dev.naru.wire.IPAM;
import dev.naru.wire.IPAMConfig;
import dev.naru.wire.Network;
import dev.naru.wire.NetworkBuilder;
import dev.naru.wire.NetworkConnectRequest;
import dev.naru.wire.NetworkContainer;
import dev.naru.wire.NetworkCreateRequest;
import dev.naru.wire.NetworkCreateResponse;
import dev.naru.wire.NetworkDisconnectRequest;
import dev.naru.wire.NetworkPruneResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The networks of an engine as its clients see them. */
final class NetworkCatalog implements NetworkService {
    private static final Set<String> FILTERS = Set.of("dangling", "driver", "id", "label", "name", "scope", "type");
    private static final Set<String> PRUNE_FILTERS = Set.of("label", "label!", "until");
    private static final String CREATED = "network-times";
    private static final String OPTION = "com.docker.network.bridge.";

    private final NetworkTable networks;
    private final ContainerRegistry containers;
    private final EngineConfig config;
    private final NetworkCreation creation;
    private final NetworkRemoval removal;
    private final NetworkConnections connections;
    private final Map<String, String> created = new LinkedHashMap<>();

    NetworkCatalog(
            NetworkTable networks,
            ContainerRegistry containers,
            EngineConfig config,
            Database database,
            NetworkCreation creation,
            NetworkRemoval removal,
            NetworkConnections connections) {
        this.networks = requireNonNull(networks, "networks");
        this.containers = requireNonNull(containers, "containers");
        this.config = requireNonNull(config, "config");
        this.creation = requireNonNull(creation, "creation");
        this.removal = requireNonNull(removal, "removal");
        this.connections = requireNonNull(connections, "connections");
        networks.all().stream()
                .filter(this::isBuiltIn)
                .forEach(network -> created.put(network.id(), createdAt(network, database)));
    }

    private static String createdAt(NetworkSpec network, Database database) {
        Optional<byte[]> known = database.read(transaction -> transaction.get(CREATED, network.id()));
        if (known.isPresent()) {
            return new String(known.get(), UTF_8);
        }
        String now = Timestamps.text(Timestamps.now());
        return database.write(transaction -> {
            transaction.put(CREATED, network.id(), now.getBytes(UTF_8));
            return now;
        });
    }

    @Override
    public List<Network> list(Filters filters) {
        filters.requireKnown(FILTERS);
        boolean dangling = dangling(filters);
        for (String type : filters.get("type")) {
            if (!type.equals("custom") && !type.equals("builtin")) {
                throw NaruException.invalid("invalid filter: 'type'='" + type + "'");
            }
        }
        return networks.all().stream()
                .filter(network -> !filters.contains("dangling") || dangling == dangling(network))
                .filter(network -> filters.any("type", type -> type.equals("builtin") == isBuiltIn(network)))
                .filter(network -> filters.any("scope", scope -> scope.equals("local")))
                .filter(network -> filters.any("name", name -> network.name().contains(name)))
                .filter(network -> filters.any("id", id -> network.id().contains(id)))
                .filter(network ->
                        filters.any("driver", driver -> network.driver().equals(driver)))
                .filter(network -> filters.matchesLabels("label", labels(network)))
                .map(network -> view(network, Map.of()))
                .toList();
    }

    private static boolean dangling(Filters filters) {
        try {
            return FilterValues.truth(filters, "dangling", false);
        } catch (NaruException malformed) {
            throw NaruException.invalid(
                    "invalid value for filter 'dangling', must be \"true\" (or \"1\"), or \"false\" (or \"0\")");
        }
    }

    private boolean isBuiltIn(NetworkSpec network) {
        return networks.record(network).isEmpty();
    }

    /** Default networks are never dangling. */
    private boolean dangling(NetworkSpec network) {
        return !isBuiltIn(network) && !networks.used(network);
    }

    private Map<String, String> labels(NetworkSpec network) {
        return networks.record(network).map(NetworkRecord::labels).orElse(Map.of());
    }

    @Override
    public Network inspect(String id, boolean verbose) {
        NetworkSpec network =
                id.equals("default") || id.isEmpty() ? null : networks.find(id).orElse(null);
        if (network == null) {
            throw NetworkTable.notFound(id);
        }
        return view(network, members(network));
    }

    @Override
    public NetworkCreateResponse create(NetworkCreateRequest request) {
        return new NetworkCreateResponse(creation.create(request).id(), "");
    }

    @Override
    public void remove(String id) {
        NetworkSpec network = networks.get(id);
        NetworkRecord record = networks.record(network)
                .orElseThrow(() ->
                        NetworkCreation.forbidden(network.name() + " is a pre-defined network and cannot be removed"));
        removal.remove(record);
    }

    @Override
    public void connect(String id, NetworkConnectRequest request) {
        connections.connect(id, request);
    }

    @Override
    public void disconnect(String id, NetworkDisconnectRequest request) {
        connections.disconnect(id, request);
    }

    @Override
    public NetworkPruneResponse prune(Filters filters) {
        filters.requireKnown(PRUNE_FILTERS);
        return removal.prune(filters);
    }

    private Map<String, NetworkContainer> members(NetworkSpec network) {
        Map<String, NetworkContainer> members = new TreeMap<>();
        for (Container container : containers.all()) {
            if (container.status().phase().alive()) {
                container.status().attachments().stream()
                        .filter(attachment -> attachment.networkId().equals(network.id()))
                        .forEach(attachment -> members.put(container.id(), member(container, attachment)));
            }
        }
        return members;
    }

    private static NetworkContainer member(Container container, Attachment attachment) {
        return new NetworkContainer(
                container.record().name(),
                attachment.endpointId(),
                attachment.macAddress(),
                cidr(attachment.address(), attachment.prefixLength()),
                cidr(attachment.address6(), attachment.prefixLength6()));
    }

    private static String cidr(String address, int prefixLength) {
        return address.isEmpty() ? "" : address + "/" + prefixLength;
    }

    private Network view(NetworkSpec network, Map<String, NetworkContainer> members) {
        NetworkRecord made = networks.record(network).orElse(null);
        List<IPAMConfig> pools = made == null ? pools(network) : pools(made);
        boolean six = network.pools().stream().anyMatch(pool -> pool.subnet().contains(":"));
        Map<String, String> options = made == null ? null : made.ipamOptions();
        return NetworkBuilder.builder()
                .name(network.name())
                .id(network.id())
                .created(made == null ? created.get(network.id()) : made.created())
                .scope("local")
                .driver(network.driver())
                .enableIPv4(made == null || made.ipv4())
                .enableIPv6(made == null ? six : made.ipv6())
                .ipam(new IPAM(
                        made == null ? "default" : made.ipamDriver(),
                        pools.isEmpty() ? null : pools,
                        options == null || options.isEmpty() ? null : options))
                .internal(network.internal())
                .attachable(made != null && made.attachable())
                .ingress(false)
                .configFrom(new ConfigReference(made == null ? "" : made.configFrom()))
                .configOnly(made != null && made.configOnly())
                .containers(members)
                .options(made == null ? options(network) : network.options())
                .labels(labels(network))
                .build();
    }

    /** As they were asked for, and what the engine chose for a family that nobody asked a subnet for. */
    private static List<IPAMConfig> pools(NetworkRecord made) {
        var all = new ArrayList<>(made.asked());
        Set<String> known = made.asked().stream()
                .map(asked -> Values.text(asked.subnet()))
                .filter(subnet -> !subnet.isEmpty())
                .map(subnet -> Subnet.parse(subnet).toString())
                .collect(Collectors.toSet());
        pools(made.spec()).stream()
                .filter(pool -> !known.contains(Values.text(pool.subnet())))
                .forEach(all::add);
        return all;
    }

    private static List<IPAMConfig> pools(NetworkSpec network) {
        return network.pools().stream()
                .map(pool -> new IPAMConfig(
                        pool.subnet(), pool.range().isEmpty() ? null : pool.range(), pool.gateway(), null))
                .toList();
    }

    private Map<String, String> options(NetworkSpec network) {
        if (!network.driver().equals("bridge")) {
            return network.options();
        }
        Map<String, String> options = new TreeMap<>(network.options());
        options.put(OPTION + "default_bridge", "true");
        options.put(OPTION + "enable_icc", Boolean.toString(network.interContainer()));
        options.put(OPTION + "enable_ip_masquerade", Boolean.toString(network.masquerade()));
        options.put(
                OPTION + "host_binding_ipv4", config.defaultAddress().isEmpty() ? "0.0.0.0" : config.defaultAddress());
        options.put(OPTION + "name", network.bridge());
        options.put("com.docker.network.driver.mtu", Integer.toString(network.mtu()));
        return options;
    }
}
