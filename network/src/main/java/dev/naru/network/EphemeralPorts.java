package dev.naru.network;

import java.util.concurrent.ThreadLocalRandom;

/**
 * The range of ports the kernel gives out itself, walked through in order. Each walk begins somewhere else: a port that
 * nobody holds may yet be translated by rules of another engine, which was killed with its containers and gave out the
 * first ones.
 */
final class EphemeralPorts {
    private int first;
    private int last;
    private int next;

    int first() {
        read();
        return first;
    }

    int last() {
        read();
        return last;
    }

    int next() {
        read();
        int port = next;
        next = next == last ? first : next + 1;
        return port;
    }

    private void read() {
        if (last == 0) {
            String[] range = Sysctl.get("ipv4/ip_local_port_range").split("\\s+", -1);
            first = Integer.parseInt(range[0]);
            last = Integer.parseInt(range[1]);
            next = ThreadLocalRandom.current().nextInt(first, last + 1);
        }
    }
}
