package dev.naru.engine;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.runtime.LogTarget;
import dev.naru.wire.LogConfig;
import java.util.Map;
import java.util.Set;

/** What the options of a log driver mean. */
final class LogOptions {
    private static final Set<String> COMMON = Set.of("mode", "max-buffer-size");
    private static final Set<String> JSON_FILE =
            Set.of("max-file", "max-size", "compress", "labels", "labels-regex", "env", "env-regex", "tag");
    private static final Set<String> LOCAL = Set.of("max-file", "max-size", "compress");
    private static final Set<String> ELSEWHERE =
            Set.of("awslogs", "etwlogs", "fluentd", "gcplogs", "gelf", "journald", "splunk", "syslog", "logentries");
    private static final long DEFAULT_SIZE = 20_000_000;
    private static final int DEFAULT_FILES = 5;

    private LogOptions() {}

    /**
     * Checks driver and options, so that a start can't fail for them.
     *
     * @throws NaruException INVALID with Docker's text, NOT_SUPPORTED for drivers that this engine doesn't have
     */
    static void check(LogConfig log) {
        String driver = Values.text(log.type());
        Map<String, String> options = Values.map(log.config());
        switch (driver) {
            case "none" -> {}
            case "json-file" -> known(options, JSON_FILE, "' for json-file log driver");
            case "local" -> known(options, LOCAL, "' for log driver local");
            default -> throw unknownDriver(driver);
        }
        mode(options);
        if (!driver.equals("none")) {
            size(options);
            files(options);
            compress(options);
            regex(options, "labels-regex");
            regex(options, "env-regex");
            LogTag.check(options.getOrDefault("tag", ""));
        }
    }

    private static NaruException unknownDriver(String driver) {
        if (ELSEWHERE.contains(driver)) {
            return new NaruException(
                    ErrorKind.NOT_SUPPORTED,
                    "logging driver \"" + driver + "\" is not supported",
                    "",
                    "use json-file, local or none");
        }
        return NaruException.invalid(
                "error looking up logging plugin " + driver + ": plugin \"" + driver + "\" not found");
    }

    private static void known(Map<String, String> options, Set<String> accepted, String where) {
        for (String option : options.keySet()) {
            if (!accepted.contains(option) && !COMMON.contains(option)) {
                throw NaruException.invalid("unknown log opt '" + option + where);
            }
        }
    }

    private static void mode(Map<String, String> options) {
        String mode = options.getOrDefault("mode", "");
        if (!mode.isEmpty() && !mode.equals("blocking") && !mode.equals("non-blocking")) {
            throw NaruException.invalid("logger: logging mode not supported: " + mode);
        }
        if (options.containsKey("max-buffer-size")) {
            if (!mode.equals("non-blocking")) {
                throw NaruException.invalid(
                        "logger: max-buffer-size option is only supported with 'mode=non-blocking'");
            }
            ByteSize.parse(options.getOrDefault("max-buffer-size", ""));
        }
    }

    private static long size(Map<String, String> options) {
        String text = options.getOrDefault("max-size", "");
        if (text.isEmpty()) {
            return DEFAULT_SIZE;
        }
        if (text.equals("-1")) {
            return -1;
        }
        long size = ByteSize.parse(text);
        if (size <= 0) {
            throw NaruException.invalid("max-size must be a positive number");
        }
        return size;
    }

    private static int files(Map<String, String> options) {
        String text = options.getOrDefault("max-file", "");
        if (text.isEmpty()) {
            return DEFAULT_FILES;
        }
        int files;
        try {
            files = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw NaruException.invalid("invalid value for max-file: '" + text + "' is no number");
        }
        if (files < 1) {
            throw NaruException.invalid("max-file cannot be less than 1");
        }
        return files;
    }

    private static boolean compress(Map<String, String> options) {
        String text = options.getOrDefault("compress", "");
        return switch (text) {
            case "", "false", "0", "f", "F", "FALSE", "False" -> false;
            case "true", "1", "t", "T", "TRUE", "True" -> true;
            default ->
                throw NaruException.invalid("invalid value for compress: '" + text + "' is neither true nor false");
        };
    }

    private static void regex(Map<String, String> options, String option) {
        try {
            java.util.regex.Pattern.compile(options.getOrDefault(option, ""));
        } catch (java.util.regex.PatternSyntaxException e) {
            throw new NaruException(
                    ErrorKind.INVALID, "invalid value for " + option, String.valueOf(e.getMessage()), null, e);
        }
    }

    /** Where and how the container's output is recorded. */
    static LogTarget target(ContainerRecord container, ContainerPaths paths) {
        LogConfig log = container.hostConfig().logConfig();
        String driver = log == null ? "none" : Values.text(log.type());
        Map<String, String> options = log == null ? Map.of() : Values.map(log.config());
        return switch (driver) {
            case "json-file" ->
                new LogTarget.File(
                        paths.jsonLog(container.id()),
                        LogTarget.Format.JSON_FILE,
                        size(options),
                        files(options),
                        compress(options),
                        LogTag.attributes(container, options));
            case "local" ->
                new LogTarget.File(
                        paths.localLog(container.id()),
                        LogTarget.Format.LOCAL,
                        size(options),
                        files(options),
                        options.getOrDefault("compress", "").isEmpty() || compress(options),
                        Map.of());
            default -> new LogTarget.None();
        };
    }
}
