package dev.naru.network;

import java.util.List;

/**
 * A container's connection to a network, as a record that is enough to undo it.
 *
 * @param endpointId 64 hexadecimal digits
 * @param hostInterface the host's end; empty for none
 * @param containerInterface the container's end, such as eth0
 * @param address the IPv4 address without prefix length; empty for none
 * @param prefixLength its prefix length
 * @param gateway the IPv4 gateway; empty for none
 * @param ports the ports that are published, with the host ports that were chosen
 */
public record Attachment(
        String networkId,
        String endpointId,
        String containerId,
        String hostInterface,
        String containerInterface,
        String macAddress,
        String address,
        int prefixLength,
        String gateway,
        String address6,
        int prefixLength6,
        String gateway6,
        List<PublishedPort> ports) {
    public Attachment {
        ports = List.copyOf(ports);
    }

    /** The same connection with other ports. */
    public Attachment withPorts(List<PublishedPort> others) {
        return new Attachment(
                networkId,
                endpointId,
                containerId,
                hostInterface,
                containerInterface,
                macAddress,
                address,
                prefixLength,
                gateway,
                address6,
                prefixLength6,
                gateway6,
                others);
    }

    /**
     * A published port: traffic to the host's address and port reaches the container's.
     *
     * @param hostPort 0 for one that is reached at the container's own address (gateway mode {@code routed})
     */
    public record PublishedPort(int containerPort, String protocol, String hostAddress, int hostPort) {}
}
