package dev.naru.cli;

/** Ids and long texts as listings show them. */
final class Ids {
    private Ids() {}

    /** Twelve digits of an id, or all of it with its algorithm. */
    static String show(String id, boolean full) {
        if (full) {
            return id;
        }
        String digits = id.startsWith("sha256:") ? id.substring(7) : id;
        return digits.length() > 12 ? digits.substring(0, 12) : digits;
    }

    /** The text, its end replaced by a dot-dot-dot when it is too long. */
    static String ellipsis(String text, int length) {
        return text.codePointCount(0, text.length()) <= length
                ? text
                : text.substring(0, text.offsetByCodePoints(0, length - 1)) + "…";
    }
}
