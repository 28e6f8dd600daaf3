package dev.naru.daemon;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The values that were given, by flag name; what was not given is absent. */
final class Settings {
    private final Map<String, List<String>> values = new LinkedHashMap<>();

    /** Reads a command line, with {@code --flag value}, {@code --flag=value}, {@code -f value} and {@code -fvalue}. */
    static Settings ofArguments(List<String> arguments) {
        return ofArguments(Setting.ALL, arguments);
    }

    static Settings ofArguments(List<Setting> known, List<String> arguments) {
        var settings = new Settings();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            String inline = null;
            Optional<Setting> found;
            if (argument.startsWith("--")) {
                int equals = argument.indexOf('=');
                found = Setting.byFlag(known, equals < 0 ? argument.substring(2) : argument.substring(2, equals));
                inline = equals < 0 ? null : argument.substring(equals + 1);
            } else if (argument.startsWith("-") && argument.length() > 1) {
                found = Setting.byShorthand(known, argument.substring(1, 2));
                inline = argument.length() > 2 ? argument.substring(argument.charAt(2) == '=' ? 3 : 2) : null;
            } else {
                throw usage("unexpected argument " + argument);
            }
            Setting setting = found.orElseThrow(() -> usage("unknown flag: " + argument));
            if (inline == null) {
                if (setting.form() == Setting.Form.SWITCH) {
                    inline = "true";
                } else if (++i < arguments.size()) {
                    inline = arguments.get(i);
                } else {
                    throw usage("flag needs an argument: " + argument);
                }
            }
            settings.add(setting, inline);
        }
        return settings;
    }

    void add(Setting setting, String value) {
        check(setting, value);
        List<String> present = values.computeIfAbsent(setting.flag(), flag -> new ArrayList<>());
        if (!setting.repeatable()) {
            present.clear();
        }
        present.add(value);
    }

    /** Adds what a file says. A value in both places is refused, so that nobody has to know which one wins. */
    Settings withFile(Settings file) {
        for (var entry : file.values.entrySet()) {
            Setting setting = Setting.byFlag(Setting.ALL, entry.getKey()).orElseThrow();
            if (values.containsKey(entry.getKey()) && !setting.repeatable()) {
                throw new NaruException(
                        ErrorKind.INVALID,
                        "cannot apply the configuration file",
                        "\"" + setting.key() + "\" is given as a flag and in the file",
                        "remove one of the two");
            }
            entry.getValue().forEach(value -> add(setting, value));
        }
        return this;
    }

    private static void check(Setting setting, String value) {
        switch (setting.form()) {
            case SWITCH -> {
                if (!value.equals("true") && !value.equals("false")) {
                    throw usage(
                            "invalid argument \"" + value + "\" for \"--" + setting.flag() + "\": want true or false");
                }
            }
            case NUMBER -> {
                if (!value.matches("-?[0-9]{1,9}")) {
                    throw usage("invalid argument \"" + value + "\" for \"--" + setting.flag() + "\": want a number");
                }
            }
            case TEXT, LIST, PAIRS, DRIVER_OPTIONS, POOLS, ULIMITS, CACHE -> {}
        }
    }

    Optional<String> text(String flag) {
        return Optional.ofNullable(values.get(flag)).map(List::getLast);
    }

    List<String> list(String flag) {
        return List.copyOf(values.getOrDefault(flag, List.of()));
    }

    boolean is(String flag, boolean otherwise) {
        return text(flag).map(Boolean::parseBoolean).orElse(otherwise);
    }

    int number(String flag, int otherwise) {
        return text(flag).map(Integer::parseInt).orElse(otherwise);
    }

    private static NaruException usage(String problem) {
        return new NaruException(ErrorKind.INVALID, problem, "", "see --help");
    }
}
