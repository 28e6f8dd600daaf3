package dev.naru.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * A published port.
 *
 * @param inside the container's port with protocol, such as {@code 80/tcp}
 * @param address the host's address, empty for all
 * @param port the host's port or range, empty for a random one
 */
record PortMapping(String inside, String address, String port) {
    /** Reads {@code [[ip:][hostPort]:]containerPort[/protocol]} with ranges and bracketed IPv6 addresses. */
    static List<PortMapping> parse(String text) {
        int slash = text.lastIndexOf('/');
        String protocol = slash < 0 ? "tcp" : text.substring(slash + 1).toLowerCase(java.util.Locale.ROOT);
        String rest = slash < 0 ? text : text.substring(0, slash);
        int colon = rest.lastIndexOf(':');
        int[] inside = range(rest.substring(colon + 1));
        String before = colon < 0 ? "" : rest.substring(0, colon);
        String address = "";
        String hostPort = before;
        int cut = before.lastIndexOf(':');
        if (cut >= 0 && !before.endsWith("]")) {
            address = before.substring(0, cut);
            hostPort = before.substring(cut + 1);
        } else if (before.endsWith("]")) {
            address = before;
            hostPort = "";
        }
        if (address.startsWith("[") && address.endsWith("]")) {
            address = address.substring(1, address.length() - 1);
        }
        if (!List.of("tcp", "udp", "sctp").contains(protocol)) {
            throw new CliException(125, "invalid proto: " + protocol);
        }
        return expand(text, inside, hostPort, address, protocol);
    }

    private static List<PortMapping> expand(
            String text, int[] inside, String hostPort, String address, String protocol) {
        List<PortMapping> mappings = new ArrayList<>();
        int[] outside = hostPort.isEmpty() ? null : range(hostPort);
        int count = inside[1] - inside[0];
        if (outside != null && outside[1] - outside[0] != count) {
            // Several host ports for one container port: the engine picks a free one of them.
            if (count != 0) {
                throw new CliException(125, "invalid ranges specified for container and host Ports: " + text);
            }
            return List.of(new PortMapping(inside[0] + "/" + protocol, address, outside[0] + "-" + outside[1]));
        }
        for (int i = 0; i <= count; i++) {
            mappings.add(new PortMapping(
                    (inside[0] + i) + "/" + protocol, address, outside == null ? "" : String.valueOf(outside[0] + i)));
        }
        return mappings;
    }

    /** The ports of {@code 8000-8010/udp}, each with protocol. */
    static List<String> expand(String text) {
        int slash = text.lastIndexOf('/');
        String protocol = slash < 0 ? "tcp" : text.substring(slash + 1);
        int[] range = range(slash < 0 ? text : text.substring(0, slash));
        List<String> ports = new ArrayList<>();
        for (int port = range[0]; port <= range[1]; port++) {
            ports.add(port + "/" + protocol);
        }
        return ports;
    }

    private static int[] range(String text) {
        int dash = text.indexOf('-');
        try {
            int first = Integer.parseInt(dash < 0 ? text : text.substring(0, dash));
            int last = dash < 0 ? first : Integer.parseInt(text.substring(dash + 1));
            if (first < 0 || last > 65535 || first > last) {
                throw new NumberFormatException(text);
            }
            return new int[] {first, last};
        } catch (NumberFormatException e) {
            throw new CliException(125, "invalid containerPort: " + text);
        }
    }
}
