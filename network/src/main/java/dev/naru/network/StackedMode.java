package dev.naru.network;

import dev.naru.error.NaruException;

/** The two kinds of stacked networks and what their options mean to the kernel (linux/if_link.h). */
enum StackedMode {
    MACVLAN("macvlan", "bridge"),
    IPVLAN("ipvlan", "l2");

    private static final String FLAG = "ipvlan_flag";

    private final String text;
    private final String usual;

    StackedMode(String text, String usual) {
        this.text = text;
        this.usual = usual;
    }

    String text() {
        return text;
    }

    /** @throws NaruException INVALID with Docker's text */
    int mode(NetworkSpec network) {
        String asked = network.option(text + "_mode");
        int mode = number(asked.isEmpty() ? usual : asked);
        if (mode < 0) {
            throw NaruException.invalid("requested " + text + " mode '" + asked + "' is not valid, '" + usual
                    + "' mode is the " + text + " driver default");
        }
        return mode;
    }

    private int number(String mode) {
        return switch (text + " " + mode) {
            case "macvlan private", "ipvlan l3" -> 1;
            case "macvlan vepa", "ipvlan l3s" -> 2;
            case "macvlan bridge" -> 4;
            case "macvlan passthru" -> 8;
            case "ipvlan l2" -> 0;
            default -> -1;
        };
    }

    /** @throws NaruException INVALID with Docker's text */
    int flags(NetworkSpec network) {
        if (this == MACVLAN) {
            return 0;
        }
        String asked = network.option(FLAG);
        return switch (asked) {
            case "", "bridge" -> 0;
            case "private" -> 1;
            case "vepa" -> 2;
            default ->
                throw NaruException.invalid(
                        "requested ipvlan flag '" + asked + "' is not valid, 'bridge' is the ipvlan driver default");
        };
    }

    /** Whether containers are hosts behind a router that is the kernel: they have no gateway on the wire. */
    boolean routes(NetworkSpec network) {
        return this == IPVLAN && mode(network) != number("l2");
    }

    /** Whether one container has the parent for itself. */
    boolean takesParent(NetworkSpec network) {
        return this == MACVLAN && mode(network) == number("passthru");
    }
}
