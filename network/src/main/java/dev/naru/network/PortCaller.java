package dev.naru.network;

import java.util.List;

/**
 * A kind of caller of a published port.
 *
 * @param from this host, same network, other networks, other hosts
 * @param rules what decides; of {@code DEPENDS} the conditions first
 */
public record PortCaller(String from, Reaches reaches, List<String> rules) {
    /** Whether it gets through. */
    public enum Reaches {
        YES,
        NO,
        /** On what is not known of the caller, such as its address. */
        DEPENDS
    }

    public PortCaller {
        rules = List.copyOf(rules);
    }
}
