package dev.naru.network;

import dev.naru.linux.NftSet;
import dev.naru.linux.NftSet.Field;
import java.util.ArrayList;
import java.util.List;

/** The maps of published ports: one lookup finds a port, however many there are. */
enum PortMap {
    /** Ports of one IPv4 address of the host. */
    ONE_IPV4("ports-of-address", false, true),
    /** Ports of all its IPv4 addresses. */
    ALL_IPV4("ports", false, false),
    ONE_IPV6("ports6-of-address", true, true),
    ALL_IPV6("ports6", true, false);

    private final String set;
    private final boolean ipv6;
    private final boolean oneAddress;

    PortMap(String set, boolean ipv6, boolean oneAddress) {
        this.set = set;
        this.ipv6 = ipv6;
        this.oneAddress = oneAddress;
    }

    String set() {
        return set;
    }

    boolean ipv6() {
        return ipv6;
    }

    boolean oneAddress() {
        return oneAddress;
    }

    NftSet definition() {
        Field address = ipv6 ? Field.IPV6 : Field.IPV4;
        var key = new ArrayList<Field>();
        if (oneAddress) {
            key.add(address);
        }
        key.addAll(List.of(Field.PROTOCOL, Field.PORT));
        return new NftSet(set, key, List.of(address, Field.PORT));
    }
}
