package dev.naru.build;

import dev.naru.error.NaruException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads EXPOSE: {@code port[-port][/protocol]}. */
final class PortWords {
    private PortWords() {}

    static List<String> of(String word, Statement at, Linter linter) {
        int slash = word.indexOf('/');
        String written = slash < 0 ? "tcp" : word.substring(slash + 1);
        String protocol = written.toLowerCase(Locale.ROOT);
        if (!protocol.equals(written)) {
            linter.warn(
                    LintRule.EXPOSE_PROTO_CASING,
                    at,
                    "Defined protocol '" + word + "' in EXPOSE instruction should be lowercase");
        }
        if (!List.of("tcp", "udp", "sctp").contains(protocol)) {
            throw NaruException.invalid("invalid proto: " + protocol + " (use tcp, udp or sctp)");
        }
        String ports = slash < 0 ? word : word.substring(0, slash);
        int colon = ports.lastIndexOf(':');
        if (colon >= 0) {
            linter.warn(
                    LintRule.EXPOSE_INVALID_FORMAT,
                    at,
                    "EXPOSE instruction should not define an IP address or host-port mapping, found '" + word + "'");
            ports = ports.substring(colon + 1);
        }
        int dash = ports.indexOf('-');
        int first = port(dash < 0 ? ports : ports.substring(0, dash));
        int last = dash < 0 ? first : port(ports.substring(dash + 1));
        if (last < first) {
            throw NaruException.invalid("invalid containerPort: " + ports);
        }
        List<String> all = new ArrayList<>();
        for (int port = first; port <= last; port++) {
            all.add(port + "/" + protocol);
        }
        return all;
    }

    private static int port(String text) {
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > 65535) {
            throw NaruException.invalid("invalid containerPort: " + text);
        }
        return Integer.parseInt(text);
    }
}
