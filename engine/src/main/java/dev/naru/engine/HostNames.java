package dev.naru.engine;

import dev.naru.linux.KernelFile;

/** The host's own names. */
final class HostNames {
    private HostNames() {}

    static String own() {
        return KernelFile.read("/proc/sys/kernel/hostname").strip();
    }
}
