package dev.naru.engine;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Ids of execs: 64 hexadecimal digits. */
final class ExecId {
    private static final SecureRandom RANDOM = new SecureRandom();

    private ExecId() {}

    static String next() {
        byte[] id = new byte[32];
        RANDOM.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }
}
