package dev.naru.engine;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.util.Optional;

/** What {@code host-gateway} stands for: the host as containers of the default network reach it. */
final class HostGateway {
    private HostGateway() {}

    /** The IPv4 address of a bridge, empty when it has none or is not there. */
    static Optional<String> of(String bridge) throws IOException {
        NetworkInterface found = NetworkInterface.getByName(bridge);
        return found == null
                ? Optional.empty()
                : found.getInterfaceAddresses().stream()
                        .map(InterfaceAddress::getAddress)
                        .filter(Inet4Address.class::isInstance)
                        .map(java.net.InetAddress::getHostAddress)
                        .findFirst();
    }
}
