package dev.naru.network;

import dev.naru.error.NaruException;

/** Names of the interfaces in containers. */
final class InterfaceNames {
    static final String USUAL = "eth";

    private static final String PREFIX_OPTION = "com.docker.network.container_iface_prefix";
    private static final int LONGEST = 15;

    private InterfaceNames() {}

    /** What a number is appended to. */
    static String prefix(NetworkSpec network) {
        String asked = network.option(PREFIX_OPTION);
        return asked.isEmpty() ? USUAL : checked(asked);
    }

    static String checked(String name) {
        if (name.length() > LONGEST
                || name.equals("lo")
                || name.equals(".")
                || name.equals("..")
                || !name.matches("[^/:\\s]+")) {
            throw NaruException.invalid("invalid interface name: \"" + name + "\"");
        }
        return name;
    }
}
