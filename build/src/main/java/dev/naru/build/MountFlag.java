package dev.naru.build;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A {@code RUN --mount}: its type and what was given, by the keys' long names, variables not yet replaced.
 *
 * @param readOnly null when not said
 */
record MountFlag(
        String type, Map<String, String> keys, @Nullable Boolean readOnly) {
    private static final Map<String, Set<String>> ALLOWED = Map.of(
            "bind", Set.of("target", "source", "from", "readonly", "readwrite"),
            "cache", Set.of("target", "source", "from", "readonly", "readwrite", "id", "sharing", "mode", "uid", "gid"),
            "tmpfs", Set.of("target", "size"),
            "secret", Set.of("target", "source", "id", "required", "mode", "uid", "gid", "env"),
            "ssh", Set.of("target", "id", "required", "mode", "uid", "gid"));
    private static final List<String> TYPES = List.of("bind", "cache", "tmpfs", "secret", "ssh");
    private static final List<String> KEYS = List.of(
            "type",
            "from",
            "source",
            "target",
            "readonly",
            "readwrite",
            "id",
            "sharing",
            "required",
            "size",
            "mode",
            "uid",
            "gid",
            "env");

    MountFlag {
        keys = Map.copyOf(keys);
    }

    @Nullable
    String get(String key) {
        return keys.get(key);
    }

    String get(String key, String otherwise) {
        return keys.getOrDefault(key, otherwise);
    }

    static MountFlag parse(Statement at, String value) {
        Map<String, String> keys = new LinkedHashMap<>();
        Boolean readOnly = null;
        for (String field : fields(value)) {
            int equals = field.indexOf('=');
            String key = longName((equals < 0 ? field : field.substring(0, equals)).toLowerCase(Locale.ROOT));
            String given = equals < 0 ? null : field.substring(equals + 1);
            if (!KEYS.contains(key)) {
                throw at.parseError("unexpected key '" + key + "' in '" + field + "'" + Suggestion.of(key, KEYS, ""));
            }
            if (given == null) {
                if (!Set.of("readonly", "readwrite", "required").contains(key)) {
                    throw at.parseError("invalid field '" + field + "' must be a key=value pair");
                }
                given = "true";
            }
            if (key.equals("readonly") || key.equals("readwrite")) {
                readOnly = at.truth(key, given) == key.equals("readonly");
            }
            keys.put(key, given);
        }
        return checked(at, keys, readOnly);
    }

    private static MountFlag checked(Statement at, Map<String, String> keys, @Nullable Boolean readOnly) {
        String type = keys.getOrDefault("type", "bind").toLowerCase(Locale.ROOT);
        keys.remove("type");
        Set<String> allowed = ALLOWED.get(type);
        if (allowed == null) {
            throw at.parseError("unsupported mount type \"" + type + "\"" + Suggestion.of(type, TYPES, ""));
        }
        for (String key : keys.keySet()) {
            if (!allowed.contains(key)) {
                throw at.parseError("unexpected key '" + key + "' for mount type '" + type + "'");
            }
        }
        var mount = new MountFlag(type, keys, readOnly);
        mount.check(at);
        return mount;
    }

    private void check(Statement at) {
        boolean secret = type.equals("secret");
        if (!keys.containsKey("target") && !secret && !type.equals("ssh")) {
            throw at.parseError("invalid mount target \"\": a mount of type " + type + " needs target=");
        }
        if (secret && Stream.of("id", "source", "target").noneMatch(keys::containsKey)) {
            throw at.parseError("invalid secret mount. one of source, target required");
        }
        for (String number : List.of("uid", "gid")) {
            number(at, number, 10);
        }
        number(at, "mode", 8);
        if (keys.containsKey("required")) {
            at.truth("required", get("required", ""));
        }
        String sharing = keys.get("sharing");
        if (sharing != null
                && !sharing.contains("$")
                && !List.of("shared", "private", "locked").contains(sharing)) {
            throw at.parseError("unsupported sharing value \"" + sharing + "\"");
        }
        if (get("from", "").contains("$")) {
            throw at.parseError("'from' doesn't support variable expansion, define alias stage instead");
        }
    }

    private void number(Statement at, String key, int radix) {
        String value = keys.get(key);
        if (value != null && !value.contains("$") && !value.matches(radix == 8 ? "0?[0-7]{1,6}" : "[0-9]{1,9}")) {
            throw at.parseError("invalid value " + value + " for " + key);
        }
    }

    private static String longName(String key) {
        return switch (key) {
            case "src" -> "source";
            case "dst", "destination" -> "target";
            case "ro" -> "readonly";
            case "rw" -> "readwrite";
            default -> key;
        };
    }

    /** Comma-separated, with quotes of CSV. */
    private static List<String> fields(String value) {
        List<String> fields = new ArrayList<>();
        var field = new StringBuilder();
        boolean quoted = false;
        for (int at = 0; at < value.length(); at++) {
            char c = value.charAt(at);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }
}
