package dev.naru.cli;

import dev.naru.oci.Platform;
import dev.naru.oci.PlatformMatch;

/** The platform that a bake file means when it says none. */
final class BakePlatform {
    private BakePlatform() {}

    static String local() {
        Platform host = PlatformMatch.host();
        String variant = host.variant();
        return host.os() + "/" + host.architecture() + (variant == null ? "" : "/" + variant);
    }
}
