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
 * @param interfaceName the name of the container's interface; empty for the next one
 * @param linkLocal link-local addresses that it gets besides
 * @param gateway whether the container's default routes may lead here
 * @param interfaces what the container has already, as far as is known
 */
public record EndpointSpec(
        String containerId,
        String address,
        String address6,
        String macAddress,
        List<PortRequest> ports,
        String interfaceName,
        List<String> linkLocal,
        boolean gateway,
        List<String> interfaces) {
    public EndpointSpec {
        ports = List.copyOf(ports);
        linkLocal = List.copyOf(linkLocal);
        interfaces = List.copyOf(interfaces);
    }

    /** An endpoint that leads to the outside and leaves the rest open. */
    public EndpointSpec(
            String containerId, String address, String address6, String macAddress, List<PortRequest> ports) {
        this(containerId, address, address6, macAddress, ports, "", List.of(), true, List.of());
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
