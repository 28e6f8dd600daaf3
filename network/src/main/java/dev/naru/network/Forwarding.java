package dev.naru.network;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The kernel's forwarding, by which containers reach other hosts (Documentation/networking/ip-sysctl.rst). */
final class Forwarding {
    private static final System.Logger LOG = System.getLogger("naru.network");
    private static final Path INTERFACES = Path.of("/proc/sys/net/ipv6/conf");
    private static final String LISTENS = "1";
    private static final String LISTENS_THOUGH_FORWARDING = "2";

    private final boolean allowed;

    /** @param allowed whether it may be switched on; else it is the owner's business */
    Forwarding(boolean allowed) {
        this.allowed = allowed;
    }

    /** Switches it on for the families of these addresses. */
    void begin(List<AddressPool> pools) {
        if (allowed && pools.stream().anyMatch(pool -> !pool.subnet().ipv6())) {
            begin("IPv4", "ipv4/ip_forward");
        }
        if (allowed && pools.stream().anyMatch(pool -> pool.subnet().ipv6())) {
            begin("IPv6", "ipv6/conf/all/forwarding");
        }
    }

    private static void begin(String family, String setting) {
        if (Sysctl.get(setting).equals("1")) {
            return;
        }
        LOG.log(System.Logger.Level.INFO, "switching {0} forwarding on: containers reach other hosts by it", family);
        if (family.equals("IPv6")) {
            keepRouters();
        }
        Sysctl.set(setting, "1");
    }

    /**
     * Has the interfaces that listen to routers go on with it: a host that forwards would lose the addresses and the default
     * route that it has from them.
     */
    private static void keepRouters() {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(INTERFACES)) {
            for (Path each : all) {
                keepRouters(each.getFileName().toString());
            }
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot read " + INTERFACES, failure);
        }
    }

    private static void keepRouters(String link) {
        String setting = "ipv6/conf/" + link + "/accept_ra";
        // "all" is for nobody, and "default" would be for bridges of ours too.
        boolean one = !link.equals("all") && !link.equals("default");
        if (one && Sysctl.has(setting) && Sysctl.get(setting).equals(LISTENS)) {
            Sysctl.set(setting, LISTENS_THOUGH_FORWARDING);
        }
    }
}
