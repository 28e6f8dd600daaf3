package dev.naru.http;

import dev.naru.error.NaruException;

/** A host, perhaps a bracketed IPv6 address, and a port. */
record HostPort(String host, int port) {
    static HostPort parse(String text, String defaultHost, int defaultPort) {
        String trimmed = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
        int colon = trimmed.lastIndexOf(':');
        if (colon >= 0 && trimmed.indexOf(']', colon) >= 0) {
            colon = -1;
        }
        String host = colon < 0 ? trimmed : trimmed.substring(0, colon);
        int port =
                colon < 0 || colon == trimmed.length() - 1 ? defaultPort : number(trimmed.substring(colon + 1), text);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        return new HostPort(host.isEmpty() ? defaultHost : host, port);
    }

    static int number(String digits, String where) {
        if (digits.isEmpty()
                || digits.length() > 5
                || !digits.chars().allMatch(c -> c >= '0' && c <= '9')
                || Integer.parseInt(digits) > 65535) {
            throw NaruException.invalid("invalid number in address \"" + where + "\"");
        }
        return Integer.parseInt(digits);
    }
}
