package dev.naru.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/** By what builds of the same directory know each other, so that only what changed is sent again. */
final class BuildSharing {
    private BuildSharing() {}

    /** Other machines and other directories have another one. */
    static String key(Path directory) {
        String text = read("/etc/machine-id") + read("/proc/sys/kernel/hostname") + directory;
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return HexFormat.of().toHexDigits(hash(bytes, 0)) + HexFormat.of().toHexDigits(hash(bytes, 1));
    }

    /** FNV-1a: nobody gains by another directory's key, and the classes of a digest take longer to load. */
    private static long hash(byte[] bytes, int more) {
        long hash = 0xcbf29ce484222325L + more;
        for (byte each : bytes) {
            hash = (hash ^ (each & 0xff)) * 0x100000001b3L;
        }
        return hash;
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file)) + "\n";
        } catch (IOException none) {
            return "\n";
        }
    }
}
