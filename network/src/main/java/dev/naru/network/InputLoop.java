package dev.naru.network;

import static java.util.Objects.requireNonNull;

import dev.naru.linux.Link;
import dev.naru.linux.Rtnetlink;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.CRC32;

/**
 * A pair of interfaces by which a connection's first packet, once the host's input policy has accepted it, comes in a
 * second time, to be translated then.
 */
final class InputLoop {
    /** Without an address of its own the kernel takes no packet from an interface that does not lead to its source. */
    private static final String ADDRESS = "169.254.255.253";

    private static final int LARGEST_PACKET = 65_535;

    private final Rtnetlink rtnetlink;
    private final String instance;
    private final String out;
    private final String in;

    InputLoop(Rtnetlink rtnetlink, String instance) {
        this.rtnetlink = requireNonNull(rtnetlink, "rtnetlink");
        this.instance = requireNonNull(instance, "instance");
        var hash = new CRC32();
        hash.update(instance.getBytes(StandardCharsets.UTF_8));
        String name = "nl" + HexFormat.of().toHexDigits(hash.getValue(), 8);
        this.out = name + "a";
        this.in = name + "b";
    }

    /** The interface that packets come in by. */
    String in() {
        return in;
    }

    /** Makes the pair unless it is there; answers the index of the interface that packets go out by. */
    int ensure() {
        rtnetlink
                .batch()
                .loop(out, in, "02:00:00:00:00:01", LARGEST_PACKET)
                .alias(out, "naru " + instance)
                .alias(in, "naru " + instance)
                .commit();
        Sysctl.set("ipv4/conf/" + in + "/rp_filter", "2");
        rtnetlink.batch().address(index(in), Subnet.literal(ADDRESS), 32).commit();
        return index(out);
    }

    void remove() {
        rtnetlink.batch().delete(out).commit();
    }

    private int index(String name) {
        return rtnetlink.link(name).map(Link::index).orElseThrow();
    }
}
