package dev.naru.network;

/** The range of ports the kernel gives out itself, walked through in order. */
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
            next = first;
        }
    }
}
