package dev.naru.engine;

import dev.naru.error.NaruException;
import java.net.InetAddress;
import java.util.Optional;

/** Internet addresses as literals; names are never looked up. */
final class HostAddress {
    private HostAddress() {}

    static Optional<InetAddress> parse(String text) {
        try {
            return Optional.of(InetAddress.ofLiteral(text)).filter(address -> strict(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Java takes {@code 1.2.3} for {@code 1.2.0.3}; Docker refuses it. */
    private static boolean strict(String text) {
        return text.indexOf(':') >= 0 || text.chars().filter(c -> c == '.').count() == 3;
    }

    static boolean valid(String text) {
        return parse(text).isPresent();
    }

    /**
     * Requires nothing or an address.
     *
     * @throws NaruException INVALID when it is neither empty nor an address
     */
    static void check(String text, String what) {
        if (!text.isEmpty() && !valid(text)) {
            throw NaruException.invalid("invalid IP address in " + what + ": \"" + text + "\"");
        }
    }
}
