package dev.naru.engine;

import dev.naru.linux.Nftables;
import dev.naru.linux.Rtnetlink;

/** Removes the bridge and the firewall table that an engine under test has made. */
@SuppressWarnings("NullAway") // A null here is a failed test.
final class TestBridge {
    private TestBridge() {}

    static void remove(String name) {
        try (Rtnetlink rtnetlink = Rtnetlink.open();
                Nftables nftables = Nftables.open()) {
            rtnetlink.batch().delete(name).commit();
            nftables.transaction("naru-" + name).table().deleteTable().commit();
        }
    }
}
