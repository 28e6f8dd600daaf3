package dev.naru.registry;

import dev.naru.error.NaruException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;

/** What an address says about where it leads. */
final class Networks {
    private Networks() {}

    /**
     * Whether a network in CIDR notation holds the address.
     *
     * @throws NaruException INVALID when it is no network
     */
    static boolean contains(String network, InetAddress address) {
        int slash = network.indexOf('/');
        try {
            byte[] base = InetAddress.ofLiteral(network.substring(0, slash)).getAddress();
            int bits = Integer.parseInt(network.substring(slash + 1));
            byte[] other = address.getAddress();
            if (bits < 0 || bits > base.length * 8) {
                throw NaruException.invalid("invalid network \"" + network + "\" in insecure-registries");
            }
            for (int bit = 0; base.length == other.length && bit < bits; bit++) {
                int mask = 0x80 >> (bit % 8);
                if ((base[bit / 8] & mask) != (other[bit / 8] & mask)) {
                    return false;
                }
            }
            return base.length == other.length;
        } catch (IllegalArgumentException broken) {
            throw NaruException.invalid("invalid network \"" + network + "\" in insecure-registries");
        }
    }

    /**
     * Whether a server at {@code from} may send us to {@code to}. What only this machine or its link can reach (a cloud's
     * metadata service, a daemon on loopback) is not reached because somebody outside says so.
     */
    static boolean mayLead(URI from, URI to) {
        try {
            List<InetAddress> targets = List.of(InetAddress.getAllByName(to.getHost()));
            if (from.getHost().equalsIgnoreCase(to.getHost())) {
                return true;
            }
            if (targets.stream().anyMatch(Networks::isOfTheLink)) {
                return false;
            }
            boolean inwards = targets.stream().anyMatch(InetAddress::isLoopbackAddress);
            return !inwards
                    || List.of(InetAddress.getAllByName(from.getHost())).stream()
                            .allMatch(InetAddress::isLoopbackAddress);
        } catch (UnknownHostException unknown) {
            // Connecting says so in better words.
            return true;
        }
    }

    private static boolean isOfTheLink(InetAddress address) {
        byte[] bytes = address.getAddress();
        // fd00:ec2::254 and its kin are the metadata addresses in unique local space.
        boolean metadata = bytes.length == 16 && (bytes[0] & 0xff) == 0xfd && bytes[1] == 0 && bytes[2] == 0x0e;
        return address.isLinkLocalAddress() || address.isAnyLocalAddress() || address.isMulticastAddress() || metadata;
    }
}
