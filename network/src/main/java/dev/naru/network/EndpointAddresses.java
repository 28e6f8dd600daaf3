package dev.naru.network;

import java.net.InetAddress;

/** What an endpoint was given; empty texts where it has nothing of that family. */
record EndpointAddresses(
        String address, int prefixLength, String gateway, String address6, int prefixLength6, String gateway6) {
    static final EndpointAddresses NONE = new EndpointAddresses("", 0, "", "", 0, "");

    EndpointAddresses with4(InetAddress value, int length, String by) {
        return new EndpointAddresses(AddressText.of(value), length, by, address6, prefixLength6, gateway6);
    }

    EndpointAddresses with6(InetAddress value, int length, String by) {
        return new EndpointAddresses(address, prefixLength, gateway, AddressText.of(value), length, by);
    }

    EndpointAddresses withoutGateways() {
        return new EndpointAddresses(address, prefixLength, "", address6, prefixLength6, "");
    }
}
