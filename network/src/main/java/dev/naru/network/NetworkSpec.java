package dev.naru.network;

import java.util.List;
import java.util.Map;

/**
 * A network as its owner described it.
 *
 * @param id 64 hexadecimal digits
 * @param name its name, unique in an engine
 * @param driver {@code bridge}, {@code macvlan}, {@code ipvlan}, {@code host}, {@code null}
 * @param bridge the host's interface, at most 15 bytes; empty for drivers without one
 * @param pools its address pools, IPv4 and IPv6
 * @param mtu the largest packet of its interfaces; 0 for the usual 1500
 * @param internal no way out of it
 * @param interContainer whether its containers reach each other
 * @param masquerade whether traffic to the outside takes the host's address
 * @param options driver options as given
 */
public record NetworkSpec(
        String id,
        String name,
        String driver,
        String bridge,
        List<Pool> pools,
        int mtu,
        boolean internal,
        boolean interContainer,
        boolean masquerade,
        Map<String, String> options) {
    private static final int USUAL_MTU = 1500;

    public NetworkSpec {
        pools = List.copyOf(pools);
        options = Map.copyOf(options);
        mtu = mtu > 0 ? mtu : USUAL_MTU;
    }

    /** A driver option; empty when it is not given. */
    public String option(String key) {
        return options.getOrDefault(key, "");
    }

    /** How containers are reached and reach out by IPv4, or by IPv6. */
    public GatewayMode gatewayMode(boolean ipv6) {
        return GatewayMode.of(this, ipv6);
    }

    /**
     * A subnet in CIDR notation.
     *
     * @param gateway the host's address in it, without prefix length
     * @param range where addresses are given from in CIDR notation; the subnet itself when empty
     * @param reserved addresses that are never given out
     * @param ipam the plug-in that gives the addresses; empty for the engine
     * @param poolId what that plug-in calls it
     */
    public record Pool(String subnet, String gateway, String range, List<String> reserved, String ipam, String poolId) {
        public Pool {
            // Networks written before there were reserved addresses and plug-ins have none.
            reserved = reserved == null ? List.of() : List.copyOf(reserved);
            ipam = ipam == null ? "" : ipam;
            poolId = poolId == null ? "" : poolId;
        }

        public Pool(String subnet, String gateway, String range, List<String> reserved) {
            this(subnet, gateway, range, reserved, "", "");
        }

        public Pool(String subnet, String gateway, String range) {
            this(subnet, gateway, range, List.of());
        }
    }
}
