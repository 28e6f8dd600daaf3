package dev.naru.network;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;

/**
 * A container that asks for names.
 *
 * @param id 64 hexadecimal digits
 * @param pid its first process, whose network namespace it asks from and with which it goes
 * @param networks ids of its networks, in the order in which names are looked up
 * @param servers who is asked for other names, from the host's network namespace
 * @param forwards whether they are asked at all
 * @param names names that it alone knows
 * @param links names that it alone has for other containers, with their ids
 */
public record ResolverClient(
        String id,
        int pid,
        List<String> networks,
        List<InetSocketAddress> servers,
        boolean forwards,
        Map<String, List<InetAddress>> names,
        Map<String, String> links) {
    public ResolverClient {
        requireNonNull(id, "id");
        networks = List.copyOf(networks);
        servers = List.copyOf(servers);
        names = Map.copyOf(names);
        links = Map.copyOf(links);
    }
}
