package dev.naru.engine;

import dev.naru.error.NaruException;
import dev.naru.wire.HealthConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The argument of HEALTHCHECK: {@code NONE}, or options and {@code CMD command}. */
final class HealthInstruction {
    private @Nullable Long interval;
    private @Nullable Long timeout;
    private @Nullable Long startPeriod;
    private @Nullable Long startInterval;
    private @Nullable Integer retries;

    private HealthInstruction() {}

    static HealthConfig parse(String argument) {
        return new HealthInstruction().read(argument);
    }

    private HealthConfig read(String argument) {
        String rest = argument.strip();
        while (rest.startsWith("--")) {
            String[] parts = rest.split("\\s+", 2);
            option(parts[0]);
            rest = parts.length > 1 ? parts[1].strip() : "";
        }
        String[] parts = rest.split("\\s+", 2);
        String type = parts[0].toUpperCase(Locale.ROOT);
        String command = parts.length > 1 ? parts[1].strip() : "";
        return switch (type) {
            case "NONE" -> new HealthConfig(List.of("NONE"), null, null, null, null, null);
            case "CMD" -> new HealthConfig(test(command), interval, timeout, retries, startPeriod, startInterval);
            default -> throw NaruException.invalid("Unknown type \"" + type + "\" in HEALTHCHECK (try CMD)");
        };
    }

    private static List<String> test(String command) {
        if (command.isEmpty()) {
            throw NaruException.invalid("Missing command after HEALTHCHECK CMD");
        }
        Optional<List<String>> json = InstructionWords.json(command);
        List<String> test = new ArrayList<>();
        test.add(json.isPresent() ? "CMD" : "CMD-SHELL");
        test.addAll(json.orElse(List.of(command)));
        return test;
    }

    private void option(String text) {
        int equals = text.indexOf('=');
        String name = equals < 0 ? text : text.substring(0, equals);
        String value = equals < 0 ? "" : text.substring(equals + 1);
        switch (name) {
            case "--interval" -> interval = FilterValues.nanoseconds(value);
            case "--timeout" -> timeout = FilterValues.nanoseconds(value);
            case "--start-period" -> startPeriod = FilterValues.nanoseconds(value);
            case "--start-interval" -> startInterval = FilterValues.nanoseconds(value);
            case "--retries" -> retries = number(value);
            default -> throw NaruException.invalid("unknown flag: " + name.substring(2));
        }
    }

    private static int number(String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw NaruException.invalid("invalid value of --retries: \"" + value + "\"");
        }
    }
}
