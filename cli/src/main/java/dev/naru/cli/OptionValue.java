package dev.naru.cli;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** What can be said against an option's value before anything is done. */
final class OptionValue {
    private OptionValue() {}

    /** What is wrong with it, in Docker's words; null when nothing is. */
    static @Nullable String problem(Option option, String value) {
        return switch (option.type()) {
            case "filter" -> value.indexOf('=') < 0 ? "bad format of filter (expected name=value)" : null;
            case "int" -> value.matches("[+-]?[0-9]+") ? null : syntax("ParseInt", value);
            case "uint", "uint16" -> value.matches("\\+?[0-9]+") ? null : syntax("ParseUint", value);
            case "decimal" -> decimal(value) ? null : "failed to parse " + value + " as a rational number";
            case "bytes" -> bytes(value) ? null : "invalid size: '" + value + "'";
            case "duration" -> duration(value) ? null : "time: invalid duration \"" + value + "\"";
            case "ulimit" -> value.indexOf('=') < 0 ? "invalid ulimit argument: " + value : null;
            case "list" -> list(option.name(), value);
            default -> null;
        };
    }

    private static String syntax(String function, String value) {
        return "strconv." + function + ": parsing \"" + value + "\": invalid syntax";
    }

    private static @Nullable String list(String name, String value) {
        return switch (name) {
            case "env" -> value.isEmpty() || value.charAt(0) == '=' ? "invalid environment variable: " + value : null;
            case "add-host" ->
                value.indexOf(':') <= 0 && value.indexOf('=') <= 0
                        ? "bad format for add-host: \"" + value + "\""
                        : null;
            default -> null;
        };
    }

    private static boolean decimal(String value) {
        try {
            return new BigDecimal(value).signum() >= 0;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static boolean bytes(String value) {
        try {
            return value.equals("-1") || Units.parseSize(value) >= 0;
        } catch (CliException e) {
            return false;
        }
    }

    private static boolean duration(String value) {
        try {
            Units.parseDuration(value);
            return true;
        } catch (CliException e) {
            return false;
        }
    }
}
