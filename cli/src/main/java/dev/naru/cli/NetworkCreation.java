package dev.naru.cli;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code naru network create}. */
final class NetworkCreation {
    private NetworkCreation() {}

    static Command command() {
        return new PlainCommand(
                "network create", "[OPTIONS] NETWORK", "Create a network", 1, 1, options(), NetworkCreation::create);
    }

    private static List<Option> options() {
        return List.of(
                Option.flag("attachable", (char) 0, "Enable manual container attachment"),
                Option.list("aux-address", (char) 0, "map", "Auxiliary addresses used by network driver"),
                Option.value("config-from", (char) 0, "string", "The network from which to copy the configuration"),
                Option.flag("config-only", (char) 0, "Create a configuration only network"),
                Option.value("driver", 'd', "string", "Driver to manage the network (default \"bridge\")"),
                Option.list("gateway", (char) 0, "strings", "IPv4 or IPv6 gateway for the subnet"),
                Option.flag("ingress", (char) 0, "Create swarm routing-mesh network"),
                Option.flag("internal", (char) 0, "Restrict external access to the network"),
                Option.list("ip-range", (char) 0, "strings", "Allocate container IP from a sub-range"),
                Option.value("ipam-driver", (char) 0, "string", "IP address management driver (default \"default\")"),
                Option.list("ipam-opt", (char) 0, "map", "Set IPAM driver specific options"),
                Option.flag("ipv4", (char) 0, "Enable or disable IPv4 address assignment (default true)"),
                Option.flag("ipv6", (char) 0, "Enable or disable IPv6 address assignment"),
                Option.list("label", (char) 0, "Set metadata on a network"),
                Option.list("opt", 'o', "map", "Set driver specific options"),
                Option.value("scope", (char) 0, "string", "Control the network's scope"),
                Option.list("subnet", (char) 0, "strings", "Subnet in CIDR format that represents a network segment"));
    }

    private static int create(Session session, Arguments arguments) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("Name", arguments.operand(0));
        body.put("Driver", arguments.get("driver", "bridge"));
        body.put("Options", Environment.pairs(arguments.list("opt")));
        body.put("Labels", Environment.pairs(arguments.list("label")));
        body.put("IPAM", addresses(arguments));
        body.put("Scope", arguments.get("scope", ""));
        for (String name : List.of("internal", "attachable", "ingress")) {
            body.put(Character.toUpperCase(name.charAt(0)) + name.substring(1), arguments.is(name));
        }
        body.put("ConfigOnly", arguments.is("config-only"));
        if (arguments.has("config-from")) {
            body.put("ConfigFrom", Map.of("Network", arguments.get("config-from", "")));
        }
        if (arguments.has("ipv4")) {
            body.put("EnableIPv4", arguments.is("ipv4"));
        }
        if (arguments.has("ipv6")) {
            body.put("EnableIPv6", arguments.is("ipv6"));
        }
        Object answer = session.engine()
                .send("POST", "/networks/create", JsonText.compact(body))
                .json();
        String warning = Json.text(answer, "Warning");
        if (!warning.isEmpty()) {
            session.err().println("WARNING: " + warning);
        }
        session.out().println(Json.text(answer, "Id"));
        return 0;
    }

    private static Map<String, @Nullable Object> addresses(Arguments arguments) {
        Map<String, @Nullable Object> ipam = new LinkedHashMap<>();
        ipam.put("Driver", arguments.get("ipam-driver", "default"));
        ipam.put("Options", Environment.pairs(arguments.list("ipam-opt")));
        List<String> subnets = arguments.strings("subnet");
        if (subnets.isEmpty()
                && (arguments.has("gateway") || arguments.has("ip-range") || arguments.has("aux-address"))) {
            throw new CliException("every ip-range or gateway must have a corresponding subnet");
        }
        List<Map<String, @Nullable Object>> configs = new ArrayList<>();
        for (String subnet : subnets) {
            Map<String, @Nullable Object> config = new LinkedHashMap<>();
            config.put("Subnet", subnet);
            configs.add(config);
        }
        arguments.strings("ip-range").forEach(range -> put(configs, "IPRange", range, range));
        arguments.strings("gateway").forEach(gateway -> put(configs, "Gateway", gateway, gateway));
        Environment.pairs(arguments.list("aux-address")).forEach((name, address) -> {
            Map<String, @Nullable Object> config = holding(configs, "aux-address", address);
            Map<String, @Nullable Object> auxiliary =
                    new LinkedHashMap<>(Json.object(config.get("AuxiliaryAddresses")));
            auxiliary.put(name, address);
            config.put("AuxiliaryAddresses", auxiliary);
        });
        ipam.put("Config", configs);
        return ipam;
    }

    private static void put(List<Map<String, @Nullable Object>> configs, String field, String address, String value) {
        Map<String, @Nullable Object> config = holding(configs, field.equals("Gateway") ? "gateway" : "range", address);
        if (config.put(field, value) != null) {
            throw new CliException("cannot configure multiple " + (field.equals("Gateway") ? "gateways" : "ranges")
                    + " (" + value + ") on the same subnet (" + config.get("Subnet") + ")");
        }
    }

    /** The subnet that an address, or the beginning of a range, lies in. */
    private static Map<String, @Nullable Object> holding(
            List<Map<String, @Nullable Object>> configs, String kind, String address) {
        for (Map<String, @Nullable Object> config : configs) {
            if (contains(String.valueOf(config.get("Subnet")), address)) {
                return config;
            }
        }
        throw new CliException("no matching subnet for " + kind + " " + address);
    }

    static boolean contains(String subnet, String address) {
        int slash = subnet.indexOf('/');
        int cut = address.indexOf('/');
        try {
            byte[] net = parse(slash < 0 ? subnet : subnet.substring(0, slash));
            byte[] inside = parse(cut < 0 ? address : address.substring(0, cut));
            int bits = slash < 0 ? net.length * 8 : Integer.parseInt(subnet.substring(slash + 1));
            if (net.length != inside.length || bits < 0 || bits > net.length * 8) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> bit % 8;
                if ((net[bit / 8] & mask) != (inside[bit / 8] & mask)) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException | NumberFormatException e) {
            throw new CliException("invalid subnet " + subnet + " or address " + address);
        }
    }

    /** A name is none: nothing is to be looked up. */
    private static byte[] parse(String literal) throws UnknownHostException {
        if (!literal.matches("[0-9.]+") && literal.indexOf(':') < 0) {
            throw new UnknownHostException(literal);
        }
        return InetAddress.getByName(literal).getAddress();
    }
}
