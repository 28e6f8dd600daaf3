package dev.naru.build;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads HEALTHCHECK. */
final class HealthcheckParser {
    private final Statement at;

    HealthcheckParser(Statement at) {
        this.at = requireNonNull(at, "at");
    }

    Instruction.Healthcheck parse() {
        var flags = new Flags(at, "interval", "timeout", "start-period", "start-interval", "retries");
        String type = InstructionParser.words(at.rest()).getFirst();
        String rest = at.rest().substring(type.length()).strip();
        if (type.equalsIgnoreCase("none")) {
            if (!rest.isEmpty()) {
                throw at.parseError("HEALTHCHECK NONE takes no arguments");
            }
            return new Instruction.Healthcheck(at, null, 0, 0, 0, 0, 0);
        }
        if (!type.equalsIgnoreCase("cmd")) {
            throw at.parseError("Unknown type \"" + type + "\" in HEALTHCHECK (try CMD)");
        }
        if (rest.isEmpty()) {
            throw at.parseError("Missing command after HEALTHCHECK CMD");
        }
        List<String> json = JsonStrings.parse(rest);
        var test = json == null
                ? new CommandLine(List.of(rest), true, List.of())
                : new CommandLine(json, false, List.of());
        return new Instruction.Healthcheck(
                at,
                test,
                duration(flags, "interval"),
                duration(flags, "timeout"),
                duration(flags, "start-period"),
                duration(flags, "start-interval"),
                retries(flags.text("retries")));
    }

    private long duration(Flags flags, String name) {
        String text = flags.text(name);
        if (text == null || text.isEmpty()) {
            return 0;
        }
        Long value = GoDuration.parse(text);
        if (value == null) {
            throw at.parseError("invalid duration \"" + text + "\" of --" + name + " (write it like 1m30s)");
        }
        if (value != 0 && value < 1_000_000) {
            throw at.parseError("Interval \"" + name + "\" cannot be less than 1ms");
        }
        return value;
    }

    private int retries(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return 0;
        }
        if (!text.matches("-?[0-9]{1,9}")) {
            throw at.parseError("invalid value \"" + text + "\" of --retries");
        }
        int value = Integer.parseInt(text);
        if (value < 0) {
            throw at.parseError("--retries cannot be negative (" + text + ")");
        }
        return value;
    }
}
