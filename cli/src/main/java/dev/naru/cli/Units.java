package dev.naru.cli;

import java.time.Instant;
import java.time.format.DateTimeParseException;

/** Sizes and durations in Docker's words. */
final class Units {
    private static final String[] DECIMAL = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private Units() {}

    /** In units of 1000 with three significant digits: {@code 4.27MB}. */
    static String size(long bytes) {
        return scaled((double) bytes, 1000, DECIMAL, 3);
    }

    static String size(double bytes, int digits) {
        return scaled(bytes, 1000, DECIMAL, digits);
    }

    /** In units of 1024 with four significant digits: {@code 1.944GiB}. */
    static String binarySize(double bytes) {
        return scaled(bytes, 1024, BINARY, 4);
    }

    private static String scaled(double value, int base, String[] units, int digits) {
        int unit = 0;
        while (value >= base && unit < units.length - 1) {
            value /= base;
            unit++;
        }
        return significant(value, digits) + units[unit];
    }

    /** Rounds to a number of significant digits and drops trailing zeros. */
    static String significant(double value, int digits) {
        int whole = value < 1 ? 1 : (int) Math.floor(Math.log10(value)) + 1;
        int decimals = Math.max(0, digits - whole);
        double scale = Math.pow(10, decimals);
        long scaled = Math.round(value * scale);
        String text = String.valueOf(scaled / (long) scale);
        if (decimals == 0) {
            return text;
        }
        String fraction = String.valueOf(scaled % (long) scale);
        var padded = new StringBuilder("0".repeat(decimals - fraction.length())).append(fraction);
        while (!padded.isEmpty() && padded.charAt(padded.length() - 1) == '0') {
            padded.setLength(padded.length() - 1);
        }
        return padded.isEmpty() ? text : text + "." + padded;
    }

    /** As {@code About a minute} or {@code 3 days}. */
    static String duration(long seconds) {
        long minutes = seconds / 60;
        long hours = Math.round(seconds / 3600.0);
        if (seconds < 1) {
            return "Less than a second";
        } else if (seconds == 1) {
            return "1 second";
        } else if (seconds < 60) {
            return seconds + " seconds";
        } else if (minutes == 1) {
            return "About a minute";
        } else if (minutes < 60) {
            return minutes + " minutes";
        } else if (hours == 1) {
            return "About an hour";
        } else if (hours < 48) {
            return hours + " hours";
        } else if (hours < 24 * 14) {
            return hours / 24 + " days";
        } else if (hours < 24 * 60) {
            return hours / 24 / 7 + " weeks";
        } else if (hours < 24 * 365 * 2) {
            return hours / 24 / 30 + " months";
        }
        return hours / 24 / 365 + " years";
    }

    /** How long ago that was, in seconds after 1970. */
    static String ago(long epochSeconds) {
        return duration(System.currentTimeMillis() / 1000 - epochSeconds) + " ago";
    }

    /** How long ago that was, in RFC 3339; empty for a time that cannot be read. */
    static String ago(String time) {
        try {
            return ago(Instant.parse(time).getEpochSecond());
        } catch (DateTimeParseException e) {
            return "";
        }
    }

    /**
     * Reads a size: {@code 512}, {@code 64m}, {@code 1.5g}, {@code 10KB}; units of 1024.
     *
     * @throws CliException in Docker's words
     */
    static long parseSize(String text) {
        int end = 0;
        while (end < text.length() && (Character.isDigit(text.charAt(end)) || text.charAt(end) == '.')) {
            end++;
        }
        String unit = text.substring(end).strip().toLowerCase(java.util.Locale.ROOT);
        int shift = unit.isEmpty() || unit.equals("b") ? 0 : 10 * ("kmgtp".indexOf(unit.charAt(0)) + 1);
        boolean known = unit.isEmpty()
                || unit.equals("b")
                || (shift > 0
                        && (unit.length() == 1
                                || unit.substring(1).equals("b")
                                || unit.substring(1).equals("ib")));
        try {
            if (end == 0 || !known) {
                throw new NumberFormatException(text);
            }
            return (long) (Double.parseDouble(text.substring(0, end)) * (1L << shift));
        } catch (NumberFormatException e) {
            throw new CliException(125, "invalid size: '" + text + "'");
        }
    }

    /** Reads a Go duration such as {@code 1m30s} or {@code 500ms}; answers nanoseconds. */
    static long parseDuration(String text) {
        double total = 0;
        int at = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
        if (text.equals("0")) {
            return 0;
        }
        try {
            if (at == text.length()) {
                throw new NumberFormatException(text);
            }
            while (at < text.length()) {
                int start = at;
                while (at < text.length() && (Character.isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
                    at++;
                }
                double number = Double.parseDouble(text.substring(start, at));
                int unit = at;
                while (at < text.length() && !Character.isDigit(text.charAt(at)) && text.charAt(at) != '.') {
                    at++;
                }
                total += number * nanoseconds(text.substring(unit, at));
            }
        } catch (NumberFormatException e) {
            throw new CliException(125, "time: invalid duration \"" + text + "\"");
        }
        return text.startsWith("-") ? -(long) total : (long) total;
    }

    private static double nanoseconds(String unit) {
        return switch (unit) {
            case "ns" -> 1;
            case "us", "µs" -> 1e3;
            case "ms" -> 1e6;
            case "s" -> 1e9;
            case "m" -> 60e9;
            case "h" -> 3600e9;
            default -> throw new NumberFormatException(unit);
        };
    }
}
