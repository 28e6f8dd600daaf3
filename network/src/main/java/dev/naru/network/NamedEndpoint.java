package dev.naru.network;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.util.List;

/**
 * What a container is called in a network.
 *
 * @param networkId the network's id
 * @param containerId the container's
 * @param names all its names there, in any case of letters
 * @param ownName what its addresses are called in turn, such as {@code web.network}; empty for nothing
 * @param addresses its addresses there
 */
public record NamedEndpoint(
        String networkId, String containerId, List<String> names, String ownName, List<InetAddress> addresses) {
    public NamedEndpoint {
        requireNonNull(networkId, "networkId");
        requireNonNull(containerId, "containerId");
        requireNonNull(ownName, "ownName");
        names = List.copyOf(names);
        addresses = List.copyOf(addresses);
    }
}
