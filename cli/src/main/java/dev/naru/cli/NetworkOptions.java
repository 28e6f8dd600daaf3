package dev.naru.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Networks, ports, names and addresses. */
final class NetworkOptions {
    private final Arguments arguments;

    NetworkOptions(Arguments arguments) {
        this.arguments = arguments;
    }

    /** {@code name:address} of a value that may have an equals sign. */
    static String host(String text) {
        int equals = text.indexOf('=');
        int cut = equals > 0 ? equals : text.indexOf(':');
        if (cut <= 0) {
            throw new CliException(
                    125,
                    "invalid argument \"" + text + "\" for \"--add-host\" flag: bad format for add-host: \"" + text
                            + "\"");
        }
        return text.substring(0, cut) + ":" + text.substring(cut + 1);
    }

    void apply(Map<String, @Nullable Object> body, Map<String, @Nullable Object> host) {
        strings(host, "dns", "Dns");
        strings(host, "dns-option", "DnsOptions");
        strings(host, "dns-search", "DnsSearch");
        strings(host, "link", "Links");
        List<String> hosts = new ArrayList<>();
        arguments.list("add-host").forEach(text -> hosts.add(host(text)));
        if (!hosts.isEmpty()) {
            host.put("ExtraHosts", hosts);
        }
        ports(body, host);
        networks(body, host);
        if (arguments.is("publish-all")) {
            host.put("PublishAllPorts", true);
        }
    }

    private void ports(Map<String, @Nullable Object> body, Map<String, @Nullable Object> host) {
        Map<String, Object> exposed = new LinkedHashMap<>();
        Map<String, List<Object>> bindings = new LinkedHashMap<>();
        for (String text : arguments.list("publish")) {
            for (PortMapping mapping : PortMapping.parse(text)) {
                exposed.put(mapping.inside(), Map.of());
                bindings.computeIfAbsent(mapping.inside(), port -> new ArrayList<>())
                        .add(Map.of("HostIp", mapping.address(), "HostPort", mapping.port()));
            }
        }
        for (String text : arguments.list("expose")) {
            PortMapping.expand(text).forEach(port -> exposed.put(port, Map.of()));
        }
        if (!exposed.isEmpty()) {
            body.put("ExposedPorts", exposed);
        }
        if (!bindings.isEmpty()) {
            host.put("PortBindings", bindings);
        }
    }

    private void networks(Map<String, @Nullable Object> body, Map<String, @Nullable Object> host) {
        List<String> networks = arguments.list("network");
        String first = "";
        Map<String, Object> endpoints = new LinkedHashMap<>();
        for (String text : networks) {
            Map<String, @Nullable Object> endpoint = new LinkedHashMap<>();
            String name = network(text, endpoint);
            if (first.isEmpty()) {
                first = name;
                shorthands(endpoint);
            }
            if (!endpoint.isEmpty() || networks.size() > 1) {
                endpoints.put(name, endpoint);
            }
        }
        if (networks.isEmpty()) {
            Map<String, @Nullable Object> endpoint = new LinkedHashMap<>();
            shorthands(endpoint);
            if (!endpoint.isEmpty()) {
                endpoints.put("default", endpoint);
            }
        }
        host.put("NetworkMode", first.isEmpty() ? "default" : first);
        if (!endpoints.isEmpty()) {
            body.put("NetworkingConfig", Map.of("EndpointsConfig", endpoints));
        }
    }

    /** {@code name}, or {@code name=x,alias=y,ip=z,...}; answers the name. */
    private static String network(String text, Map<String, @Nullable Object> endpoint) {
        if (text.indexOf('=') < 0) {
            return text;
        }
        String name = "";
        for (String field : Csv.split(text)) {
            int equals = field.indexOf('=');
            String value = equals < 0 ? "" : field.substring(equals + 1);
            switch (equals < 0 ? field : field.substring(0, equals)) {
                case "name" -> name = value;
                case "alias" -> list(endpoint, "Aliases").add(value);
                case "ip" -> address(endpoint, "IPv4Address", value);
                case "ip6" -> address(endpoint, "IPv6Address", value);
                case "mac-address" -> endpoint.put("MacAddress", value);
                case "gw-priority" -> endpoint.put("GwPriority", CreateBody.integer("network", value));
                case "driver-opt" -> endpoint.put("DriverOpts", Environment.pairs(List.of(value)));
                default ->
                    throw new CliException(
                            125, "invalid argument \"" + text + "\" for \"--network\" flag: invalid field " + field);
            }
        }
        if (name.isEmpty()) {
            throw new CliException(125, "network name/id is not specified");
        }
        return name;
    }

    private void shorthands(Map<String, @Nullable Object> endpoint) {
        arguments.list("network-alias").forEach(alias -> list(endpoint, "Aliases")
                .add(alias));
        if (arguments.has("ip")) {
            address(endpoint, "IPv4Address", arguments.get("ip", ""));
        }
        if (arguments.has("ip6")) {
            address(endpoint, "IPv6Address", arguments.get("ip6", ""));
        }
        if (arguments.has("link-local-ip")) {
            addresses(endpoint).put("LinkLocalIPs", List.copyOf(arguments.list("link-local-ip")));
        }
        if (arguments.has("mac-address")) {
            endpoint.put("MacAddress", arguments.get("mac-address"));
        }
    }

    @SuppressWarnings("unchecked")
    private static List<String> list(Map<String, @Nullable Object> endpoint, String field) {
        return (List<String>)
                java.util.Objects.requireNonNull(endpoint.computeIfAbsent(field, key -> new ArrayList<String>()));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> addresses(Map<String, @Nullable Object> endpoint) {
        return (Map<String, Object>) java.util.Objects.requireNonNull(
                endpoint.computeIfAbsent("IPAMConfig", key -> new LinkedHashMap<String, Object>()));
    }

    private static void address(Map<String, @Nullable Object> endpoint, String field, String value) {
        addresses(endpoint).put(field, value);
    }

    private void strings(Map<String, @Nullable Object> host, String option, String field) {
        if (arguments.has(option)) {
            host.put(field, List.copyOf(arguments.list(option)));
        }
    }
}
