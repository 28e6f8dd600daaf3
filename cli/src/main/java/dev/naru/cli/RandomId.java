package dev.naru.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.UUID;

/** Identifiers that nobody guesses. They come from the kernel: Java's own generator takes a short command's time to load. */
final class RandomId {
    private RandomId() {}

    /** 32 hexadecimal digits. */
    static String next() {
        try (InputStream random = Files.newInputStream(Path.of("/dev/urandom"))) {
            byte[] bytes = random.readNBytes(16);
            if (bytes.length == 16) {
                return HexFormat.of().formatHex(bytes);
            }
        } catch (IOException none) {
            // A place without devices.
        }
        return UUID.randomUUID().toString().replace("-", "");
    }
}
