package dev.naru.daemon;

import static java.util.Objects.requireNonNull;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.text.MessageFormat;
import java.time.Instant;
import java.util.Locale;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/** Writes {@code time level name: message}, or the same as a JSON object. */
final class LineLogger implements System.Logger {
    private final String name;
    private final DaemonLoggers settings;

    LineLogger(String name, DaemonLoggers settings) {
        this.name = requireNonNull(name, "name");
        this.settings = requireNonNull(settings, "settings");
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public boolean isLoggable(Level level) {
        // Libraries below us are chatty at INFO; only our own rooms speak at that level.
        Level least = name.startsWith("naru") ? settings.level() : Level.WARNING;
        return level.getSeverity() >= least.getSeverity() && level != Level.OFF;
    }

    @Override
    public void log(Level level, @Nullable ResourceBundle bundle, @Nullable String text, @Nullable Throwable thrown) {
        if (isLoggable(level)) {
            write(level, String.valueOf(text), thrown);
        }
    }

    @Override
    public void log(
            Level level, @Nullable ResourceBundle bundle, @Nullable String format, Object @Nullable ... values) {
        if (isLoggable(level)) {
            boolean plain = values == null || values.length == 0 || format == null;
            write(level, plain ? String.valueOf(format) : MessageFormat.format(format, values), null);
        }
    }

    private void write(Level level, String message, @Nullable Throwable thrown) {
        String text = message;
        if (thrown != null) {
            var trace = new StringWriter();
            thrown.printStackTrace(new PrintWriter(trace));
            text = message + "\n" + trace;
        }
        String word = level.name().toLowerCase(Locale.ROOT);
        System.err.println(
                settings.json()
                        ? "{\"time\":\"" + Instant.now() + "\",\"level\":\"" + word + "\",\"name\":\"" + name
                                + "\",\"msg\":\"" + escape(text) + "\"}"
                        : Instant.now() + " " + word + " " + name + ": " + text);
    }

    private static String escape(String text) {
        var out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                default -> {
                    if (c < 0x20) {
                        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.toString();
    }
}
