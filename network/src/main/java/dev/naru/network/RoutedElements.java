package dev.naru.network;

import dev.naru.linux.NftElement;
import dev.naru.network.Attachment.PublishedPort;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Published ports as the table has them: translated from the host's, or in networks of gateway mode {@code routed} open
 * at the container's own address.
 */
final class RoutedElements {
    private RoutedElements() {}

    static Map<String, List<NftElement>> with(Collection<Attachment> attachments, Map<String, NetworkSpec> networks) {
        var translated = new ArrayList<Attachment>();
        for (Attachment attachment : attachments) {
            NetworkSpec network = networks.get(attachment.networkId());
            translated.add(network == null ? attachment : translated(attachment, network));
        }
        Map<String, Set<NftElement>> all = PublishedElements.of(translated);
        for (Attachment attachment : attachments) {
            NetworkSpec network = networks.get(attachment.networkId());
            if (network != null) {
                if (!network.interContainer()) {
                    PublishedElements.relayed(all, attachment);
                }
                routed(all, attachment, network, false);
                routed(all, attachment, network, true);
            }
        }
        var result = new TreeMap<String, List<NftElement>>();
        all.forEach((set, elements) -> result.put(set, new ArrayList<>(elements)));
        return result;
    }

    private static boolean isRouted(NetworkSpec network, boolean ipv6) {
        return network.gatewayMode(ipv6) == GatewayMode.ROUTED;
    }

    private static Attachment translated(Attachment attachment, NetworkSpec network) {
        List<PublishedPort> ports = attachment.ports().stream()
                .filter(port -> !isRouted(network, port.hostAddress().contains(":")))
                .toList();
        return ports.size() == attachment.ports().size() ? attachment : attachment.withPorts(ports);
    }

    private static void routed(
            Map<String, Set<NftElement>> into, Attachment attachment, NetworkSpec network, boolean ipv6) {
        String address = ipv6 ? attachment.address6() : attachment.address();
        if (address.isEmpty() || attachment.ports().isEmpty() || !isRouted(network, ipv6)) {
            return;
        }
        InetAddress to = Subnet.literal(address);
        Set<NftElement> elements = into.computeIfAbsent(NetworkRules.routed(ipv6), any -> new LinkedHashSet<>());
        for (PublishedPort port : attachment.ports()) {
            elements.add(NftElement.ofPort(
                    to.getAddress(), Protocol.of(port.protocol()).number(), port.containerPort()));
        }
    }
}
