package dev.naru.network;

import dev.naru.error.NaruException;

/**
 * How a bridge network's containers are reached from other hosts and reach them, as the options {@code
 * com.docker.network.bridge.gateway_mode_ipv4} and {@code _ipv6} name it.
 */
public enum GatewayMode {
    /** By published ports of the host; outgoing traffic takes its address. */
    NAT("nat"),
    /** Like {@link #NAT}, and unpublished ports can be reached by who routes to the container's address. */
    NAT_UNPROTECTED("nat-unprotected"),
    /** Published ports by the container's own address, which other hosts have a route to; nothing is translated. */
    ROUTED("routed"),
    /** Not at all: the host has no address in the network. For internal networks alone. */
    ISOLATED("isolated");

    private static final String OPTION = "com.docker.network.bridge.gateway_mode_";

    private final String text;

    GatewayMode(String text) {
        this.text = text;
    }

    static GatewayMode of(NetworkSpec network, boolean ipv6) {
        String key = OPTION + (ipv6 ? "ipv6" : "ipv4");
        String value = network.option(key);
        return value.isEmpty() ? NAT : parse(value, key);
    }

    /**
     * Reads a mode.
     *
     * @param key the option it is the value of
     * @throws NaruException INVALID with Docker's text
     */
    public static GatewayMode parse(String value, String key) {
        for (GatewayMode mode : values()) {
            if (mode.text.equals(value)) {
                return mode;
            }
        }
        throw NaruException.invalid(
                "failed to parse " + key + " value: " + value + " (unknown gateway mode " + value + ")");
    }
}
