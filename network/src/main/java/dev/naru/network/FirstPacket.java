package dev.naru.network;

import static java.util.Objects.requireNonNull;

/**
 * What is known of a connection's first packet at a hook; an empty text is not known.
 *
 * @param input the interface it came in by
 * @param output the one it goes out by; empty at input
 * @param port its destination port at that hook
 * @param hostPort its destination port at first
 * @param translated whether its destination was
 * @param destination its destination address at that hook
 */
record FirstPacket(
        boolean ipv6,
        String input,
        String output,
        Protocol protocol,
        int port,
        int hostPort,
        boolean translated,
        String destination) {
    FirstPacket {
        requireNonNull(destination, "destination");
        requireNonNull(input, "input");
        requireNonNull(output, "output");
        requireNonNull(protocol, "protocol");
    }
}
