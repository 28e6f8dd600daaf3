package dev.naru.engine;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.network.GatewayMode;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The options of drivers that are looked at here: {@code com.docker.network.*}. */
final class NetworkOptions {
    static final String NAME = "com.docker.network.bridge.name";
    static final String ICC = "com.docker.network.bridge.enable_icc";
    static final String MASQUERADE = "com.docker.network.bridge.enable_ip_masquerade";

    /** Whether a network that says nothing of it has IPv4. */
    static final String IPV4 = "com.docker.network.enable_ipv4";

    static final String IPV6 = "com.docker.network.enable_ipv6";

    private static final String INHIBIT = "com.docker.network.bridge.inhibit_ipv4";
    private static final String BINDING = "com.docker.network.bridge.host_binding_ipv4";
    private static final String MODE = "com.docker.network.bridge.gateway_mode_ipv";
    private static final String MTU = "com.docker.network.driver.mtu";
    private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");
    private static final Set<String> FALSE = Set.of("0", "f", "F", "FALSE", "false", "False");
    private static final int LONGEST_NAME = 15;

    private NetworkOptions() {}

    /** @throws NaruException INVALID with Docker's texts */
    static void check(String driver, Map<String, String> options, boolean internal) {
        mtu(options, 0);
        if (!driver.equals("bridge")) {
            return;
        }
        for (String key : List.of(ICC, MASQUERADE, INHIBIT)) {
            truth(options, key, true);
        }
        for (String family : List.of("4", "6")) {
            gatewayMode(options.getOrDefault(MODE + family, ""), MODE + family, internal);
        }
        String binding = options.getOrDefault(BINDING, "");
        if (!binding.isEmpty() && !HostAddress.valid(binding)) {
            throw NaruException.invalid("failed to parse " + BINDING + " value: " + binding + " (nil ip)");
        }
        String name = options.getOrDefault(NAME, "");
        if (name.length() > LONGEST_NAME || name.chars().anyMatch(c -> c == '/' || Character.isWhitespace(c))) {
            throw NaruException.invalid(
                    "invalid bridge name \"" + name + "\": it has 1 to 15 bytes without spaces and slashes");
        }
    }

    private static void gatewayMode(String value, String key, boolean internal) {
        if (value.isEmpty()) {
            return;
        }
        GatewayMode mode = GatewayMode.parse(value, key);
        if (mode == GatewayMode.ISOLATED && !internal) {
            throw new NaruException(
                    ErrorKind.INVALID, "gateway mode 'isolated' can only be used for an internal network");
        }
    }

    static boolean truth(Map<String, String> options, String key, boolean absent) {
        String value = options.getOrDefault(key, "");
        if (value.isEmpty()) {
            return absent;
        }
        if (!TRUE.contains(value) && !FALSE.contains(value)) {
            throw NaruException.invalid("failed to parse " + key + " value: " + value
                    + " (strconv.ParseBool: parsing \"" + value + "\": invalid syntax)");
        }
        return TRUE.contains(value);
    }

    static int mtu(Map<String, String> options, int absent) {
        String value = options.getOrDefault(MTU, "");
        if (value.isEmpty()) {
            return absent;
        }
        try {
            return Math.max(0, Integer.parseInt(value));
        } catch (NumberFormatException malformed) {
            throw NaruException.invalid("failed to parse " + MTU + " value: " + value + " (strconv.Atoi: parsing \""
                    + value + "\": invalid syntax)");
        }
    }
}
