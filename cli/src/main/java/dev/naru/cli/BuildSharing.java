package dev.naru.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** By what builds of the same directory know each other, so that only what changed is sent again. */
final class BuildSharing {
    private BuildSharing() {}

    /** Other machines and other directories have another one. */
    static String key(Path directory) {
        String text = read("/etc/machine-id") + read("/proc/sys/kernel/hostname") + directory;
        return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8))
                .toString()
                .replace("-", "");
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file)) + "\n";
        } catch (IOException none) {
            return "\n";
        }
    }
}
