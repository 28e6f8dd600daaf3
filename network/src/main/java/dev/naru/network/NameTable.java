package dev.naru.network;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Which names have which addresses in which network; several endpoints may share a name. Not for several threads. */
final class NameTable {
    private final Map<String, Map<String, NamedEndpoint>> networks = new LinkedHashMap<>();

    /** A name's addresses after a change; none when it is no more. */
    record Name(String name, List<InetAddress> addresses) {}

    /** An address's name after a change; empty when it is no more. */
    record Reverse(InetAddress address, String name) {}

    /** What a change did to a network's names. */
    record Change(List<Name> names, List<Reverse> reverses) {}

    Set<String> networks() {
        return Set.copyOf(networks.keySet());
    }

    boolean has(String network) {
        return networks.containsKey(network);
    }

    Collection<NamedEndpoint> endpoints(String network) {
        return networks.getOrDefault(network, Map.of()).values();
    }

    /** Takes an endpoint in, in place of what the container had in the network. */
    Change put(NamedEndpoint endpoint) {
        NamedEndpoint before = networks.computeIfAbsent(endpoint.networkId(), id -> new LinkedHashMap<>())
                .put(endpoint.containerId(), endpoint);
        return change(endpoint.networkId(), before, endpoint);
    }

    /** Forgets a container in a network. */
    Change remove(String network, String container) {
        Map<String, NamedEndpoint> endpoints = networks.getOrDefault(network, new LinkedHashMap<>());
        NamedEndpoint before = endpoints.remove(container);
        if (endpoints.isEmpty()) {
            networks.remove(network);
        }
        return change(network, before, null);
    }

    /** A network's whole table. */
    Change all(String network) {
        var names = new TreeSet<String>();
        var reverses = new ArrayList<Reverse>();
        for (NamedEndpoint endpoint : endpoints(network)) {
            names.addAll(keys(endpoint));
            endpoint.addresses().forEach(address -> reverses.add(new Reverse(address, endpoint.ownName())));
        }
        return new Change(names(network, names), reverses);
    }

    private Change change(String network, @Nullable NamedEndpoint before, @Nullable NamedEndpoint after) {
        var names = new TreeSet<String>();
        var reverses = new LinkedHashMap<InetAddress, String>();
        if (before != null) {
            names.addAll(keys(before));
            before.addresses().forEach(address -> reverses.put(address, ""));
        }
        if (after != null) {
            names.addAll(keys(after));
            after.addresses().forEach(address -> reverses.put(address, after.ownName()));
        }
        var changed = new ArrayList<Reverse>();
        reverses.forEach((address, name) -> changed.add(new Reverse(address, name)));
        return new Change(names(network, names), changed);
    }

    private List<Name> names(String network, Set<String> names) {
        return names.stream()
                .map(name -> new Name(name, addresses(network, name)))
                .toList();
    }

    private List<InetAddress> addresses(String network, String name) {
        var all = new LinkedHashSet<InetAddress>();
        for (NamedEndpoint endpoint : endpoints(network)) {
            if (keys(endpoint).contains(name)) {
                all.addAll(endpoint.addresses());
            }
        }
        return List.copyOf(all);
    }

    /** The container's addresses in one of the networks, the first that it is in. */
    List<InetAddress> addresses(List<String> among, String container) {
        for (String network : among) {
            NamedEndpoint endpoint = networks.getOrDefault(network, Map.of()).get(container);
            if (endpoint != null) {
                return endpoint.addresses();
            }
        }
        return List.of();
    }

    private static Set<String> keys(NamedEndpoint endpoint) {
        var keys = new LinkedHashSet<String>();
        endpoint.names().forEach(name -> keys.add(name.toLowerCase(Locale.ROOT)));
        return keys;
    }
}
