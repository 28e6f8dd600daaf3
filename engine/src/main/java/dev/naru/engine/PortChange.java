package dev.naru.engine;

import dev.naru.error.NaruException;
import dev.naru.network.Attachment.PublishedPort;
import dev.naru.wire.PortBinding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which bindings and published ports a request takes away. */
final class PortChange {
    private PortChange() {}

    /** The bindings of a configuration without those asked to go, and with those that come. */
    static Map<String, List<PortBinding>> applied(
            @Nullable Map<String, List<PortBinding>> now,
            Map<String, List<PortBinding>> add,
            Map<String, List<PortBinding>> remove) {
        var next = new LinkedHashMap<String, List<PortBinding>>();
        Values.map(now).forEach((port, hosts) -> next.put(port, new ArrayList<>(Values.list(hosts))));
        remove.forEach((port, hosts) -> {
            List<PortBinding> bindings = next.getOrDefault(port, new ArrayList<>());
            if (hosts.isEmpty()) {
                bindings.clear();
            }
            hosts.forEach(host -> remove(bindings, host));
            if (bindings.isEmpty()) {
                next.remove(port);
            }
        });
        add.forEach((port, hosts) ->
                next.computeIfAbsent(port, any -> new ArrayList<>()).addAll(bindings(hosts)));
        return next;
    }

    /** A port without a binding is published on any free one, as with {@code -p 80}. */
    static List<PortBinding> bindings(List<PortBinding> hosts) {
        return hosts.isEmpty() ? List.of(new PortBinding("", "")) : hosts;
    }

    /** By the host's port as it was asked for; one that the engine chose stands in the configuration without. */
    private static void remove(List<PortBinding> bindings, PortBinding host) {
        if (!bindings.removeIf(binding -> isOf(binding, host))) {
            bindings.stream()
                    .filter(binding -> !Values.text(binding.hostPort()).matches("[0-9]+"))
                    .findFirst()
                    .ifPresent(bindings::remove);
        }
    }

    private static boolean isOf(PortBinding binding, PortBinding asked) {
        return agrees(Values.text(asked.hostIp()), Values.text(binding.hostIp()))
                && agrees(Values.text(asked.hostPort()), Values.text(binding.hostPort()));
    }

    private static boolean agrees(String asked, String has) {
        return asked.isEmpty() || asked.equals(has);
    }

    /**
     * The published ports that go.
     *
     * @throws NaruException NOT_FOUND when one that is named is not published
     */
    static List<PublishedPort> removed(
            String container, List<PublishedPort> ports, Map<String, List<PortBinding>> remove) {
        var gone = new ArrayList<PublishedPort>();
        remove.forEach((name, hosts) -> {
            for (PortBinding host : bindings(hosts)) {
                List<PublishedPort> found = ports.stream()
                        .filter(port -> (port.containerPort() + "/" + port.protocol()).equals(name))
                        .filter(port -> agrees(Values.text(host.hostIp()), port.hostAddress()))
                        .filter(port -> agrees(Values.text(host.hostPort()), Integer.toString(port.hostPort())))
                        .toList();
                if (found.isEmpty()) {
                    throw NaruException.notFound("container " + container + " does not publish port " + name
                            + (Values.text(host.hostPort()).isEmpty() ? "" : " on port " + host.hostPort()));
                }
                gone.addAll(found);
            }
        });
        return gone;
    }
}
