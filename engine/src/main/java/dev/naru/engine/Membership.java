package dev.naru.engine;

import dev.naru.network.NetworkSpec;
import dev.naru.wire.EndpointSettings;
import dev.naru.wire.EndpointSettingsBuilder;
import dev.naru.wire.NetworkingConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The networks that a container belongs to whether it runs or not, by their names, as its record says. */
final class Membership {
    private Membership() {}

    /** A network of a container, and how it is connected to it. */
    record Of(NetworkSpec network, EndpointSettings settings) {
        long priority() {
            return Values.number(settings.gwPriority());
        }
    }

    /** What was asked for when it was made or connected; otherwise the network of its mode. */
    static Map<String, EndpointSettings> of(ContainerRecord container) {
        var all = new TreeMap<String, EndpointSettings>();
        NetworkingConfig networking = container.networking();
        if (networking != null && networking.endpointsConfig() != null) {
            networking.endpointsConfig().forEach((name, settings) -> all.put(name(name), orEmpty(settings)));
            return all;
        }
        all.put(
                name(Values.text(container.hostConfig().networkMode())),
                EndpointSettingsBuilder.builder().build());
        return all;
    }

    /** The record with another set of networks; an empty one is one. */
    static ContainerRecord with(ContainerRecord container, Map<String, EndpointSettings> networks) {
        return ContainerRecordBuilder.builder(container)
                .networking(new NetworkingConfig(networks))
                .build();
    }

    /** A record as it was written, with the networks that the container's state has noted since. */
    static ContainerRecord noted(ContainerRecord record, ContainerStatus status) {
        return status.networking() == null
                ? record
                : ContainerRecordBuilder.builder(record)
                        .networking(status.networking())
                        .build();
    }

    /** Whether records of a container are the same but for its networks. */
    static boolean differAlone(ContainerRecord one, ContainerRecord other) {
        return one.equals(ContainerRecordBuilder.builder(other)
                .networking(one.networking())
                .build());
    }

    /** What a request asks for; null when it leaves that to the mode. */
    static @Nullable NetworkingConfig asked(@Nullable NetworkingConfig request) {
        return request == null || Values.map(request.endpointsConfig()).isEmpty() ? null : request;
    }

    private static EndpointSettings orEmpty(@Nullable EndpointSettings settings) {
        return settings == null ? EndpointSettingsBuilder.builder().build() : settings;
    }

    private static String name(String asked) {
        return asked.isEmpty() || asked.equals("default") ? "bridge" : asked;
    }

    /** Where the default route leads: the highest priority, then the first name. */
    static Optional<Of> gateway(List<Of> networks, boolean ipv6) {
        return ordered(networks).stream()
                .filter(each -> !each.network().internal() && has(each.network(), ipv6))
                .findFirst();
    }

    private static List<Of> ordered(List<Of> networks) {
        var all = new ArrayList<>(networks);
        all.sort(Comparator.comparingLong(Of::priority).reversed().thenComparing(each -> each.network()
                .name()));
        return all;
    }

    private static boolean has(NetworkSpec network, boolean ipv6) {
        return network.pools().stream().anyMatch(pool -> pool.subnet().contains(":") == ipv6);
    }
}
