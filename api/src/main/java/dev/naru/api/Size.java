package dev.naru.api;

import dev.naru.error.NaruException;

/** A terminal's size in a request's parameters. */
final class Size {
    private Size() {}

    static int rows(Call call) {
        return number("height", call.query().get("h", ""));
    }

    static int columns(Call call) {
        return number("width", call.query().get("w", ""));
    }

    private static int number(String what, String text) {
        try {
            long value = Long.parseLong(text);
            if (value < 0 || value > 0xffff_ffffL) {
                throw NaruException.invalid("invalid resize " + what + " \"" + text + "\": value out of range");
            }
            // The kernel has 16 bits for it.
            return (int) Math.min(value, 65535);
        } catch (NumberFormatException e) {
            throw NaruException.invalid("invalid resize " + what + " \"" + text + "\": invalid syntax");
        }
    }
}
