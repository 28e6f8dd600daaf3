package dev.naru.runtime;

import dev.naru.linux.KernelFile;

/** The host's memory, from /proc/meminfo. */
final class HostMemory {
    /** Constant while the host runs; holding it here spares a read with each sample of usage. */
    private static final long TOTAL = field("MemTotal");

    private HostMemory() {}

    /** Bytes of memory there are. */
    static long total() {
        return TOTAL;
    }

    /** Bytes of swap there are. */
    static long swap() {
        return field("SwapTotal");
    }

    /** A group's limit, or all memory when the group has none: the kernel then gives a number near 2^63. */
    static long orTotal(long limit) {
        return Math.min(limit, TOTAL);
    }

    private static long field(String name) {
        for (String line : KernelFile.read("/proc/meminfo").split("\n", -1)) {
            if (line.startsWith(name + ":")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
            }
        }
        return 0;
    }
}
