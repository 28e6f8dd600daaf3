package dev.naru.engine;

import dev.naru.error.NaruException;
import dev.naru.network.InterfaceSysctls;
import dev.naru.network.Subnet;
import dev.naru.wire.ContainerConfig;
import dev.naru.wire.EndpointIPAMConfig;
import dev.naru.wire.EndpointSettings;
import dev.naru.wire.HostConfig;
import dev.naru.wire.NetworkingConfig;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks how a container is to be connected to its networks, with Docker's texts. */
final class NetworkingCheck {
    private static final Set<String> PREDEFINED = Set.of("bridge", "host", "none", "default");
    private static final Pattern MAC = Pattern.compile("(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}");

    private NetworkingCheck() {}

    /** Knows where addresses may be asked for. */
    interface Subnets {
        /** The subnets of a network that a client or the configuration chose; empty for an unknown network. */
        Optional<List<Subnet>> of(String network);
    }

    static void check(
            ContainerConfig config,
            HostConfig host,
            @Nullable NetworkingConfig networking,
            Subnets subnets,
            List<String> warnings) {
        String main = Values.text(host.networkMode());
        String mac = Values.text(config.macAddress());
        if (!mac.isEmpty()) {
            mac(mac, main.isEmpty() || main.equals("default") ? "bridge" : main);
            warnings.add("The container-wide MacAddress field is now deprecated. It should be specified in"
                    + " EndpointsConfig instead.");
        }
        if (NamespaceMode.network(host.networkMode()) instanceof NamespaceMode.Host
                && !Values.map(host.portBindings()).isEmpty()) {
            warnings.add("Published ports are discarded when using host network mode");
        }
        if (networking == null) {
            return;
        }
        Values.map(networking.endpointsConfig()).forEach((network, settings) -> {
            if (settings == null) {
                throw NaruException.invalid("invalid config for network " + network + ": EndpointsConfig is nil");
            } else {
                endpoint(network.isEmpty() || network.equals("default") ? "bridge" : network, settings, subnets);
                String own = Values.text(settings.macAddress());
                if (network.equals(main) && !mac.isEmpty() && !own.isEmpty() && !mac.equalsIgnoreCase(own)) {
                    throw NaruException.invalid("the container-wide MAC address must match the endpoint-specific MAC"
                            + " address for the main network, or be left empty");
                }
            }
        });
    }

    private static void mac(String text, String network) {
        if (!MAC.matcher(text).matches()) {
            throw NaruException.invalid("invalid config for network " + network + ": invalid MAC address " + text);
        }
    }

    /** Checks how a container is to be connected to one more network. */
    static void live(String network, EndpointSettings settings, Subnets subnets) {
        String mac = Values.text(settings.macAddress());
        if (!mac.isEmpty() && !MAC.matcher(mac).matches()) {
            throw NaruException.invalid("invalid MAC address " + mac);
        }
        List<String> wrong = wrong(network, settings, subnets);
        if (!wrong.isEmpty()) {
            throw NaruException.invalid("invalid endpoint settings:\n" + joined(wrong));
        }
    }

    private static String joined(List<String> wrong) {
        String separator = wrong.size() == 1 ? "" : "* ";
        return separator + String.join("\n" + separator, wrong);
    }

    private static void endpoint(String network, EndpointSettings settings, Subnets subnets) {
        if (!Values.text(settings.macAddress()).isEmpty()) {
            mac(Values.text(settings.macAddress()), network);
        }
        List<String> wrong = wrong(network, settings, subnets);
        if (!wrong.isEmpty()) {
            throw NaruException.invalid(
                    "invalid config for network " + network + ": invalid endpoint settings:\n" + joined(wrong));
        }
    }

    private static List<String> wrong(String network, EndpointSettings settings, Subnets subnets) {
        var wrong = new LinkedHashSet<String>();
        boolean predefined = PREDEFINED.contains(network);
        if (predefined && !Values.list(settings.aliases()).isEmpty()) {
            wrong.add("network-scoped alias is supported only for containers in user defined networks");
        }
        EndpointIPAMConfig addresses = settings.ipamConfig();
        if (addresses != null) {
            addresses(addresses, predefined, wrong);
            subnets.of(network).ifPresent(known -> inside(addresses, known, wrong));
        }
        String sysctls = Values.map(settings.driverOpts()).get(InterfaceSysctls.OPTION);
        if (sysctls != null) {
            wrong.addAll(InterfaceSysctls.faults(sysctls));
        }
        return new ArrayList<>(wrong);
    }

    private static void inside(EndpointIPAMConfig asked, List<Subnet> subnets, Set<String> wrong) {
        for (String address : List.of(Values.text(asked.iPv4Address()), Values.text(asked.iPv6Address()))) {
            if (address.isEmpty()) {
                continue;
            }
            boolean six = address.equals(Values.text(asked.iPv6Address()));
            List<Subnet> family = subnets.stream()
                    .filter(subnet -> subnet.toString().contains(":") == six)
                    .toList();
            if (family.isEmpty()) {
                wrong.add("user specified IP address is supported only when connecting to networks with user"
                        + " configured subnets");
            } else if (HostAddress.parse(address)
                    .filter(each -> contains(family, each))
                    .isEmpty()) {
                wrong.add("no configured subnet or ip-range contain the IP address " + address);
            }
        }
    }

    private static boolean contains(List<Subnet> subnets, java.net.InetAddress address) {
        return subnets.stream().anyMatch(subnet -> subnet.contains(address));
    }

    private static void addresses(EndpointIPAMConfig asked, boolean predefined, Set<String> wrong) {
        String four = Values.text(asked.iPv4Address());
        String six = Values.text(asked.iPv6Address());
        if (predefined && !(four + six).isEmpty()) {
            wrong.add("user specified IP address is supported on user defined networks only");
        }
        if (!four.isEmpty() && (!HostAddress.valid(four) || four.contains(":"))) {
            wrong.add("invalid IPv4 address: " + four);
        }
        if (!six.isEmpty() && (!HostAddress.valid(six) || !six.contains(":"))) {
            wrong.add("invalid IPv6 address: " + six);
        }
        for (String address : Values.list(asked.linkLocalIPs())) {
            boolean valid = HostAddress.parse(address)
                    .filter(java.net.InetAddress::isLinkLocalAddress)
                    .isPresent();
            if (!valid) {
                wrong.add("invalid link local IP address: " + address);
            } else if (predefined) {
                wrong.add("link local IP addresses are supported on user defined networks only");
            }
        }
    }
}
