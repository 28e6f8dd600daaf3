package dev.naru.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code naru network …}. */
final class NetworkCommands {
    private NetworkCommands() {}

    static @Nullable Command find(String name) {
        return switch (name) {
            case "create" -> NetworkCreation.command();
            case "connect" -> connectCommand();
            case "disconnect" ->
                command(
                        name,
                        "[OPTIONS] NETWORK CONTAINER",
                        "Disconnect a container from a network",
                        2,
                        2,
                        List.of(Option.flag("force", 'f', "Force the container to disconnect from a network")),
                        NetworkCommands::disconnect);
            case "ls" ->
                command(
                        name,
                        "[OPTIONS]",
                        "List networks",
                        0,
                        0,
                        List.of(
                                Option.list("filter", 'f', "filter", "Show only what matches: key=value"),
                                Option.value("format", (char) 0, "string", "'table', 'json' or a Go template"),
                                Option.flag("no-trunc", (char) 0, "Do not truncate the output"),
                                Option.flag("quiet", 'q', "Only display network IDs")),
                        NetworkCommands::list);
            case "rm" ->
                command(
                        name,
                        "NETWORK [NETWORK...]",
                        "Remove one or more networks",
                        1,
                        Integer.MAX_VALUE,
                        List.of(Option.flag("force", 'f', "Do not error if the network does not exist")),
                        NetworkCommands::remove);
            case "inspect" -> new InspectCommand("network");
            case "prune" -> PruneCommand.networks();
            default -> null;
        };
    }

    private static Command command(
            String name,
            String synopsis,
            String summary,
            int least,
            int most,
            List<Option> options,
            PlainCommand.Body body) {
        return new PlainCommand("network " + name, synopsis, summary, least, most, options, body);
    }

    private static Command connectCommand() {
        return command(
                "connect",
                "[OPTIONS] NETWORK CONTAINER",
                "Connect a container to a network",
                2,
                2,
                List.of(
                        Option.list("alias", (char) 0, "strings", "Add network-scoped alias for the container"),
                        Option.list("driver-opt", (char) 0, "strings", "Driver options for the network"),
                        Option.value(
                                "gw-priority", (char) 0, "int", "Highest gw-priority provides the default gateway"),
                        Option.value("ip", (char) 0, "string", "IPv4 address (e.g., \"172.30.100.104\")"),
                        Option.value("ip6", (char) 0, "string", "IPv6 address (e.g., \"2001:db8::33\")"),
                        Option.list("link", (char) 0, "Add link to another container"),
                        Option.list(
                                "link-local-ip", (char) 0, "strings", "Add a link-local address for the container")),
                NetworkCommands::connect);
    }

    private static int connect(Session session, Arguments arguments) {
        Map<String, @Nullable Object> addresses = new LinkedHashMap<>();
        put(addresses, "IPv4Address", arguments.get("ip"));
        put(addresses, "IPv6Address", arguments.get("ip6"));
        if (arguments.has("link-local-ip")) {
            addresses.put("LinkLocalIPs", arguments.strings("link-local-ip"));
        }
        Map<String, @Nullable Object> endpoint = new LinkedHashMap<>();
        if (!addresses.isEmpty()) {
            endpoint.put("IPAMConfig", addresses);
        }
        endpoint.put("Links", List.copyOf(arguments.list("link")));
        endpoint.put("Aliases", arguments.strings("alias"));
        if (arguments.has("driver-opt")) {
            endpoint.put("DriverOpts", Environment.pairs(arguments.strings("driver-opt")));
        }
        if (arguments.has("gw-priority")) {
            endpoint.put("GwPriority", CreateBody.integer("gw-priority", arguments.get("gw-priority", "")));
        }
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("Container", arguments.operand(1));
        body.put("EndpointConfig", endpoint);
        session.engine()
                .send("POST", path(arguments.operand(0)) + "/connect", JsonText.compact(body))
                .close();
        return 0;
    }

    private static void put(Map<String, @Nullable Object> to, String field, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            to.put(field, value);
        }
    }

    private static int disconnect(Session session, Arguments arguments) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("Container", arguments.operand(1));
        body.put("Force", arguments.is("force"));
        session.engine()
                .send("POST", path(arguments.operand(0)) + "/disconnect", JsonText.compact(body))
                .close();
        return 0;
    }

    private static String path(String network) {
        return "/networks/" + Query.encode(network);
    }

    private static int remove(Session session, Arguments arguments) {
        return session.each(arguments.operands(), network -> {
            try {
                session.engine().send("DELETE", path(network), null).close();
            } catch (EngineRefusal e) {
                if (e.status() != 404 || !arguments.is("force")) {
                    throw e;
                }
                return;
            }
            session.out().println(network);
        });
    }

    private static int list(Session session, Arguments arguments) {
        Object networks = session.engine()
                .send("GET", new Query("/networks").filters(arguments.list("filter")), null)
                .json();
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (Object network : Json.list(networks)) {
            Map<String, @Nullable Object> row = new LinkedHashMap<>();
            row.put("ID", Ids.show(Json.text(network, "Id"), arguments.is("no-trunc")));
            for (String field : List.of("Name", "Driver", "Scope")) {
                row.put(field, Json.text(network, field));
            }
            row.put("IPv4", String.valueOf(!Boolean.FALSE.equals(Json.at(network, "EnableIPv4"))));
            row.put("IPv6", String.valueOf(Json.is(network, "EnableIPv6")));
            row.put("Internal", String.valueOf(Json.is(network, "Internal")));
            Listing.labels(row, Json.at(network, "Labels"));
            row.put("CreatedAt", Times.go(Json.text(network, "Created")));
            rows.add(row);
        }
        rows.sort((a, b) -> String.valueOf(a.get("Name")).compareTo(String.valueOf(b.get("Name"))));
        if (arguments.is("quiet")) {
            rows.forEach(row -> session.out().println(row.get("ID")));
            return 0;
        }
        Listing.of("ID", "NETWORK ID")
                .column("Name", "NAME")
                .column("Driver", "DRIVER")
                .column("Scope", "SCOPE")
                .column("IPv4", "IPV4")
                .column("IPv6", "IPV6")
                .column("Internal", "INTERNAL")
                .column("Labels", "LABELS")
                .column("CreatedAt", "CREATED AT")
                .table("{{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}")
                .print(session.out(), session.format(arguments, "networksFormat"), rows);
        return 0;
    }
}
