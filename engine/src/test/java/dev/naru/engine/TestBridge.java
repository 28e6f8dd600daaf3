package dev.naru.engine;

import dev.naru.linux.Rtnetlink;

/** Removes the bridge that an engine under test has made. */
final class TestBridge {
    private TestBridge() {}

    static void remove(String name) {
        try (Rtnetlink rtnetlink = Rtnetlink.open()) {
            rtnetlink.batch().delete(name).commit();
        }
    }
}
