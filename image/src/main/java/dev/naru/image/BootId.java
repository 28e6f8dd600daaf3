package dev.naru.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells one run of the kernel from another (proc_sys_kernel(5), random). */
final class BootId {
    private BootId() {}

    static String current() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        } catch (IOException absent) {
            // Without it everything counts as written under another boot, which is checked then.
            return "unknown";
        }
    }
}
