package dev.naru.network;

import java.util.List;

/**
 * How a container wants to be connected.
 *
 * @param containerId 64 hexadecimal digits
 * @param address the IPv4 address asked for; empty for any
 * @param address6 the IPv6 address asked for; empty for any
 * @param macAddress the hardware address asked for; empty for any
 * @param ports the ports to publish
 */
public record EndpointSpec(
        String containerId, String address, String address6, String macAddress, List<PortRequest> ports) {
    public EndpointSpec {
        ports = List.copyOf(ports);
    }

    /**
     * A port to publish.
     *
     * @param containerPort in the container
     * @param protocol tcp, udp or sctp
     * @param hostAddress on the host; empty for all addresses
     * @param hostPortFirst first port of the range to choose from, 0 for any free one
     * @param hostPortLast last port of that range
     */
    public record PortRequest(
            int containerPort, String protocol, String hostAddress, int hostPortFirst, int hostPortLast) {}
}
