package dev.naru.network;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kernel's network settings of the calling thread's network namespace (Documentation/networking/ip-sysctl.rst). */
final class Sysctl {
    private static final int LONGEST = 256;

    private Sysctl() {}

    /** Writes a setting such as {@code ipv4/ip_forward} unless it has that value. */
    static void set(String name, String value) {
        Path path = Path.of("/proc/sys/net", name);
        try {
            if (!read(path).equals(value)) {
                Files.writeString(path, value);
            }
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot set net/" + name + " to " + value, failure);
        }
    }

    /** Whether this kernel has a setting; those of IPv6 may be absent. */
    static boolean has(String name) {
        return Files.exists(Path.of("/proc/sys/net", name));
    }

    static String get(String name) {
        try {
            return read(Path.of("/proc/sys/net", name));
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot read net/" + name, failure);
        }
    }

    /** In one read: the kernel has nothing more for a second one (kernel/sysctl.c, proc_first_pos_non_zero_ignore). */
    private static String read(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] buffer = new byte[LONGEST];
            int length = Math.max(0, in.read(buffer));
            return new String(buffer, 0, length, StandardCharsets.US_ASCII).strip();
        }
    }
}
