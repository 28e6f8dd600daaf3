package dev.naru.engine;

import dev.naru.error.NaruException;
import dev.naru.network.EndpointSpec.PortRequest;
import dev.naru.wire.Empty;
import dev.naru.wire.HostConfig;
import dev.naru.wire.PortBinding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Ports as configurations write them: {@code 80/tcp}, {@code 8000-8010/udp}. */
final class PortSpecs {
    private static final int LAST = 65535;

    private PortSpecs() {}

    /** A port or range of ports of one protocol. */
    record Ports(int first, int last, String protocol) {}

    /**
     * Reads {@code port[-port][/protocol]}; the protocol is tcp when left out.
     *
     * @throws NaruException INVALID with Docker's text
     */
    static Ports parse(String text) {
        int slash = text.indexOf('/');
        String range = slash < 0 ? text : text.substring(0, slash);
        String protocol = slash < 0 ? "tcp" : text.substring(slash + 1).toLowerCase(java.util.Locale.ROOT);
        int[] bounds = range(range, range);
        if (!protocol.equals("tcp") && !protocol.equals("udp") && !protocol.equals("sctp")) {
            throw NaruException.invalid(
                    "invalid port specification: \"" + text + "\": the protocol is tcp, udp or sctp");
        }
        return new Ports(bounds[0], bounds[1], protocol);
    }

    private static int[] range(String text, String shown) {
        int dash = text.indexOf('-', 1);
        int first = number(dash < 0 ? text : text.substring(0, dash), shown);
        int last = dash < 0 ? first : number(text.substring(dash + 1), shown);
        if (last < first) {
            throw NaruException.invalid("invalid port specification: \"" + shown + "\"");
        }
        return new int[] {first, last};
    }

    private static int number(String text, String shown) {
        int port = 0;
        for (int i = 0; i < text.length(); i++) {
            char digit = text.charAt(i);
            if (digit < '0' || digit > '9' || (port = port * 10 + digit - '0') > LAST) {
                throw NaruException.invalid("invalid port specification: \"" + shown + "\"");
            }
        }
        if (text.isEmpty()) {
            throw NaruException.invalid("invalid port specification: \"" + shown + "\"");
        }
        return port;
    }

    /** Checks the ports to publish: one port of the container each, and a port or range of the host. */
    static void check(@Nullable Map<String, List<PortBinding>> bindings) {
        Values.map(bindings).forEach((port, hosts) -> {
            int slash = port.indexOf('/');
            Ports ports = parse(port);
            if (ports.first() != ports.last()) {
                throw NaruException.invalid(
                        "invalid port specification: \"" + (slash < 0 ? port : port.substring(0, slash)) + "\"");
            }
            for (PortBinding host : Values.list(hosts)) {
                String hostPort = Values.text(host.hostPort());
                if (!hostPort.isEmpty()) {
                    range(hostPort, hostPort);
                }
                HostAddress.check(Values.text(host.hostIp()), "port binding");
            }
        });
    }

    /** The exposed ports with published ones added, ranges spread out. */
    static @Nullable Map<String, Empty> exposed(
            @Nullable Map<String, Empty> exposed, @Nullable Map<String, List<PortBinding>> bindings) {
        if (Values.map(exposed).isEmpty() && Values.map(bindings).isEmpty()) {
            return exposed;
        }
        var all = new LinkedHashMap<String, Empty>();
        var names = new java.util.LinkedHashSet<String>(Values.map(exposed).keySet());
        names.addAll(Values.map(bindings).keySet());
        for (String name : names) {
            Ports ports = parse(name);
            for (int port = ports.first(); port <= ports.last(); port++) {
                all.put(port + "/" + ports.protocol(), new Empty());
            }
        }
        return all;
    }

    /** The bindings with the protocol written out. */
    static Map<String, List<PortBinding>> named(@Nullable Map<String, List<PortBinding>> bindings) {
        var all = new LinkedHashMap<String, List<PortBinding>>();
        Values.map(bindings).forEach((port, hosts) -> {
            Ports ports = parse(port);
            all.put(
                    ports.first() + "/" + ports.protocol(),
                    Values.list(hosts).stream()
                            .map(host -> new PortBinding(Values.text(host.hostIp()), Values.text(host.hostPort())))
                            .toList());
        });
        return all;
    }

    /** The ports that a container publishes when it is connected: those bound, and with {@code -P} all exposed ones. */
    static List<PortRequest> requests(ContainerRecord container) {
        HostConfig host = container.hostConfig();
        Map<String, List<PortBinding>> bindings = Values.map(host.portBindings());
        boolean all = Values.flag(host.publishAllPorts());
        if (bindings.isEmpty() && !all) {
            return List.of();
        }
        var requests = new ArrayList<PortRequest>();
        var names = new TreeSet<String>(bindings.keySet());
        if (all) {
            names.addAll(Values.map(container.config().exposedPorts()).keySet());
        }
        for (String name : names) {
            Ports port = parse(name);
            List<PortBinding> hosts = Values.list(bindings.get(name));
            if (hosts.isEmpty() && all) {
                requests.add(new PortRequest(port.first(), port.protocol(), "", 0, 0));
            }
            hosts.forEach(binding -> requests.add(request(port, binding)));
        }
        return requests;
    }

    /** The ports of bindings with the protocol written out; one without a binding on any free port. */
    static List<PortRequest> requests(Map<String, List<PortBinding>> named) {
        var requests = new ArrayList<PortRequest>();
        named.forEach((name, hosts) ->
                PortChange.bindings(hosts).forEach(binding -> requests.add(request(parse(name), binding))));
        return requests;
    }

    private static PortRequest request(Ports port, PortBinding binding) {
        String hostPort = Values.text(binding.hostPort());
        int[] range = hostPort.isEmpty() ? new int[2] : range(hostPort, hostPort);
        return new PortRequest(port.first(), port.protocol(), Values.text(binding.hostIp()), range[0], range[1]);
    }
}
