package dev.naru.network;

import dev.naru.linux.NftElement;
import dev.naru.network.Attachment.PublishedPort;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Published ports as elements of the table's maps. */
final class PublishedElements {
    private PublishedElements() {}

    static Map<PortMap, List<NftElement>> of(Collection<Attachment> attachments) {
        var result = new EnumMap<PortMap, List<NftElement>>(PortMap.class);
        for (Attachment attachment : attachments) {
            for (PublishedPort port : attachment.ports()) {
                add(result, attachment, port);
            }
        }
        return result;
    }

    private static void add(Map<PortMap, List<NftElement>> into, Attachment attachment, PublishedPort port) {
        InetAddress host = Subnet.literal(port.hostAddress());
        boolean ipv6 = host.getAddress().length == 16;
        String to = ipv6 ? attachment.address6() : attachment.address();
        // The kernel cannot route ::1 out of the loopback interface, nor translate between the families: PortRelay.
        if (to.isEmpty() || (ipv6 && host.isLoopbackAddress())) {
            return;
        }
        boolean all = host.isAnyLocalAddress();
        PortMap map = ipv6 ? (all ? PortMap.ALL_IPV6 : PortMap.ONE_IPV6) : (all ? PortMap.ALL_IPV4 : PortMap.ONE_IPV4);
        into.computeIfAbsent(map, any -> new ArrayList<>())
                .add(NftElement.ofPort(
                        all ? new byte[0] : host.getAddress(),
                        Protocol.of(port.protocol()).number(),
                        port.hostPort(),
                        Subnet.literal(to).getAddress(),
                        port.containerPort()));
    }
}
