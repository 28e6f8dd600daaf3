package dev.naru.network;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The administrator's tool. */
final class Nft {
    private Nft() {}

    /** Runs commands, and answers what they print. */
    static String run(String commands) throws IOException {
        Process nft =
                new ProcessBuilder("nft", "-f", "-").redirectErrorStream(true).start();
        try (var in = nft.getOutputStream()) {
            in.write((commands + "\n").getBytes(StandardCharsets.UTF_8));
        }
        String printed = new String(nft.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (nft.waitFor() != 0) {
                throw new IOException(commands + ": " + printed);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        return printed;
    }
}
