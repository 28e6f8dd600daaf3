package dev.naru.daemon;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import io.avaje.json.JsonException;
import io.avaje.json.mapper.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The configuration file: a JSON object with Docker's daemon.json keys. A key that means nothing here is an error. */
final class ConfigFile {
    private ConfigFile() {}

    static Settings read(Path file) {
        String what = "cannot read the configuration file " + file;
        Object content;
        try {
            content = JsonMapper.builder().build().fromJson(Files.readString(file));
        } catch (IOException | JsonException e) {
            throw new NaruException(ErrorKind.INVALID, what, String.valueOf(e.getMessage()), null, e);
        }
        if (!(content instanceof Map<?, ?> object)) {
            throw new NaruException(ErrorKind.INVALID, what, "it is not a JSON object", null);
        }
        var settings = new Settings();
        for (var entry : object.entrySet()) {
            String key = String.valueOf(entry.getKey());
            Setting setting = Setting.byKey(key)
                    .orElseThrow(() -> new NaruException(
                            ErrorKind.INVALID,
                            what,
                            "unknown key \"" + key + "\"",
                            "narud --help lists what can be set"));
            values(setting, entry.getValue(), what).forEach(value -> settings.add(setting, value));
        }
        return settings;
    }

    private static List<String> values(Setting setting, @Nullable Object value, String what) {
        return switch (setting.form()) {
            case SWITCH, TEXT, NUMBER -> List.of(scalar(value));
            case LIST ->
                value instanceof List<?> list
                        ? list.stream().map(ConfigFile::scalar).toList()
                        : List.of(scalar(value));
            case PAIRS ->
                object(setting, value, what).entrySet().stream()
                        .map(e -> e.getKey() + "=" + scalar(e.getValue()))
                        .toList();
            case DRIVER_OPTIONS ->
                object(setting, value, what).entrySet().stream()
                        .flatMap(driver -> object(setting, driver.getValue(), what).entrySet().stream()
                                .map(e -> driver.getKey() + "=" + e.getKey() + "=" + scalar(e.getValue())))
                        .toList();
            case POOLS -> {
                if (!(value instanceof List<?> list)) {
                    throw wrong(setting, what);
                }
                yield list.stream()
                        .map(pool -> object(setting, pool, what))
                        .map(pool -> "base=" + scalar(pool.get("base")) + ",size=" + scalar(pool.get("size")))
                        .toList();
            }
            case CACHE -> CacheSettings.words(object(setting, value, what));
            case ULIMITS ->
                object(setting, value, what).entrySet().stream()
                        .map(e -> {
                            Map<?, ?> limit = object(setting, e.getValue(), what);
                            return e.getKey() + "=" + scalar(limit.get("Soft")) + ":" + scalar(limit.get("Hard"));
                        })
                        .toList();
        };
    }

    private static Map<?, ?> object(Setting setting, @Nullable Object value, String what) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw wrong(setting, what);
    }

    private static NaruException wrong(Setting setting, String what) {
        return new NaruException(ErrorKind.INVALID, what, "\"" + setting.key() + "\" has the wrong type", null);
    }

    /** Numbers arrive as doubles or longs: a whole one is written without its fraction. */
    static String scalar(@Nullable Object value) {
        return value instanceof Number number && number.doubleValue() == number.longValue()
                ? String.valueOf(number.longValue())
                : String.valueOf(value);
    }
}
