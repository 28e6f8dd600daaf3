package dev.naru.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.naru.network.SubnetRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** IPv6 subnets of one engine alone (RFC 4193): 40 bits that stay the same from start to start. */
final class UniqueLocalRange {
    private static final int SUBNET = 64;

    private UniqueLocalRange() {}

    /** All of them, for the networks that clients make. */
    static SubnetRange of(EngineConfig config) {
        return SubnetRange.parse(prefix(config) + "::/48", SUBNET);
    }

    /** The last of them, which is the default bridge's: the others are given from the first on. */
    static String ofTheBridge(EngineConfig config) {
        return prefix(config) + ":ffff::/" + SUBNET;
    }

    private static String prefix(EngineConfig config) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest((machine() + config.dataRoot() + config.bridge()).getBytes(UTF_8));
            String hex = HexFormat.of().formatHex(hash, 0, 5);
            return "fd" + hex.substring(0, 2) + ":" + hex.substring(2, 6) + ":" + hex.substring(6, 10);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String machine() {
        try {
            return Files.readString(Path.of("/etc/machine-id"));
        } catch (IOException none) {
            return "";
        }
    }
}
