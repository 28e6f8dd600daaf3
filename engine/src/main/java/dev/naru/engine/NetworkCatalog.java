package dev.naru.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.network.Attachment;
import dev.naru.network.NetworkSpec;
import dev.naru.store.Database;
import dev.naru.wire.ConfigReference;
import dev.naru.wire.IPAM;
import dev.naru.wire.IPAMConfig;
import dev.naru.wire.Network;
import dev.naru.wire.NetworkBuilder;
import dev.naru.wire.NetworkContainer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The networks of an engine as its clients see them. */
final class NetworkCatalog implements NetworkService {
    private static final Set<String> FILTERS = Set.of("dangling", "driver", "id", "label", "name", "scope", "type");
    private static final String CREATED = "network-times";
    private static final String OPTION = "com.docker.network.bridge.";

    private final DefaultNetworks networks;
    private final ContainerRegistry containers;
    private final EngineConfig config;
    private final Map<String, String> created = new LinkedHashMap<>();

    NetworkCatalog(DefaultNetworks networks, ContainerRegistry containers, EngineConfig config, Database database) {
        this.networks = requireNonNull(networks, "networks");
        this.containers = requireNonNull(containers, "containers");
        this.config = requireNonNull(config, "config");
        networks.all().forEach(network -> created.put(network.id(), createdAt(network, database)));
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
        boolean dangling = FilterValues.truth(filters, "dangling", false);
        for (String type : filters.get("type")) {
            if (!type.equals("custom") && !type.equals("builtin")) {
                throw NaruException.invalid("invalid filter: 'type'='" + type + "'");
            }
        }
        // All networks are built in, and none of them is ever dangling.
        return networks.all().stream()
                .filter(network -> !dangling)
                .filter(network -> filters.any("type", type -> type.equals("builtin")))
                .filter(network -> filters.any("scope", scope -> scope.equals("local")))
                .filter(network -> filters.any("name", name -> network.name().contains(name)))
                .filter(network -> filters.any("id", id -> network.id().contains(id)))
                .filter(network ->
                        filters.any("driver", driver -> network.driver().equals(driver)))
                .filter(network -> filters.matchesLabels("label", Map.of()))
                .map(network -> view(network, Map.of()))
                .toList();
    }

    @Override
    public Network inspect(String id, boolean verbose) {
        boolean named = !id.isEmpty() && !id.equals("default");
        NetworkSpec network = (named ? networks.find(id) : Optional.<NetworkSpec>empty())
                .orElseThrow(() -> NaruException.notFound("network " + id + " not found"));
        return view(network, members(network));
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
        List<IPAMConfig> pools = network.pools().stream()
                .map(pool -> new IPAMConfig(
                        pool.subnet(), pool.range().isEmpty() ? null : pool.range(), pool.gateway(), null))
                .toList();
        boolean six = network.pools().stream().anyMatch(pool -> pool.subnet().contains(":"));
        return NetworkBuilder.builder()
                .name(network.name())
                .id(network.id())
                .created(created.get(network.id()))
                .scope("local")
                .driver(network.driver())
                .enableIPv4(true)
                .enableIPv6(six)
                .ipam(new IPAM("default", pools.isEmpty() ? null : pools, null))
                .internal(network.internal())
                .attachable(false)
                .ingress(false)
                .configFrom(new ConfigReference(""))
                .configOnly(false)
                .containers(members)
                .options(options(network))
                .labels(Map.of())
                .build();
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
