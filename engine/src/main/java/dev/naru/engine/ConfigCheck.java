package dev.naru.engine;

import dev.naru.error.NaruException;
import dev.naru.wire.ContainerConfig;
import dev.naru.wire.HealthConfig;
import org.jspecify.annotations.Nullable;

/** Checks what a container is to run, with Docker's texts. */
final class ConfigCheck {
    private static final long MILLISECOND = 1_000_000;

    private ConfigCheck() {}

    static void check(ContainerConfig config) {
        String directory = Values.text(config.workingDir());
        if (!directory.isEmpty() && !directory.startsWith("/")) {
            throw NaruException.invalid(
                    "the working directory '" + directory + "' is invalid, it needs to be an absolute path");
        }
        for (String variable : Values.list(config.env())) {
            if (variable.isEmpty() || variable.startsWith("=") || variable.indexOf('\0') >= 0) {
                throw NaruException.invalid("invalid environment variable: " + variable);
            }
        }
        health(config.healthcheck());
        if (!Values.text(config.stopSignal()).isEmpty()) {
            SignalNames.parse(Values.text(config.stopSignal()));
        }
        name(Values.text(config.hostname()), "hostname");
        name(Values.text(config.domainname()), "domainname");
    }

    /** The kernel takes 64 bytes; a line's end would add lines to /etc/hosts. */
    private static void name(String name, String what) {
        if (name.length() > 64 || name.chars().anyMatch(c -> c <= ' ' || c == 127)) {
            throw NaruException.invalid("invalid " + what + " \"" + name.replaceAll("\\p{Cntrl}", "?")
                    + "\": it has at most 64 characters and no spaces");
        }
    }

    private static void health(@Nullable HealthConfig health) {
        if (health == null) {
            return;
        }
        duration(health.interval(), "Interval");
        duration(health.timeout(), "Timeout");
        duration(health.startPeriod(), "StartPeriod");
        duration(health.startInterval(), "StartInterval");
        if (Values.number(health.retries()) < 0) {
            throw NaruException.invalid("Retries in Healthcheck cannot be negative");
        }
    }

    private static void duration(@Nullable Long value, String field) {
        long nanoseconds = Values.number(value);
        if (nanoseconds != 0 && nanoseconds < MILLISECOND) {
            throw NaruException.invalid(field + " in Healthcheck cannot be less than 1ms");
        }
    }
}
