package dev.naru.network;

import dev.naru.linux.NftElement;
import dev.naru.network.Attachment.PublishedPort;
import java.net.InetAddress;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Published ports as elements of the table's sets and maps, by their names. */
final class PublishedElements {
    private PublishedElements() {}

    /** Each element once: one port on several addresses may be one element. */
    static Map<String, Set<NftElement>> of(Collection<Attachment> attachments) {
        var result = new TreeMap<String, Set<NftElement>>();
        for (Attachment attachment : attachments) {
            for (PublishedPort port : attachment.ports()) {
                add(result, attachment, port);
            }
        }
        return result;
    }

    private static void add(Map<String, Set<NftElement>> into, Attachment attachment, PublishedPort port) {
        InetAddress host = Subnet.literal(port.hostAddress());
        boolean ipv6 = host.getAddress().length == 16;
        String to = ipv6 ? attachment.address6() : attachment.address();
        // The kernel cannot route ::1 out of the loopback interface, nor translate between the families: PortRelay.
        if (to.isEmpty() || (ipv6 && host.isLoopbackAddress())) {
            relayed(into, port);
            return;
        }
        boolean all = host.isAnyLocalAddress();
        PortMap map = ipv6 ? (all ? PortMap.ALL_IPV6 : PortMap.ONE_IPV6) : (all ? PortMap.ALL_IPV4 : PortMap.ONE_IPV4);
        into.computeIfAbsent(map.set(), any -> new LinkedHashSet<>())
                .add(NftElement.ofPort(
                        all ? new byte[0] : host.getAddress(),
                        Protocol.of(port.protocol()).number(),
                        port.hostPort(),
                        Subnet.literal(to).getAddress(),
                        port.containerPort()));
    }

    /** All its ports, which neighbours reach by the relay alone. */
    static void relayed(Map<String, Set<NftElement>> into, Attachment attachment) {
        attachment.ports().stream().filter(port -> port.hostPort() != 0).forEach(port -> relayed(into, port));
    }

    private static void relayed(Map<String, Set<NftElement>> into, PublishedPort port) {
        into.computeIfAbsent(OwnerChain.RELAYED.name(), any -> new LinkedHashSet<>())
                .add(NftElement.ofPort(Protocol.of(port.protocol()).number(), port.hostPort()));
    }
}
