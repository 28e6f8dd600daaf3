package dev.naru.build;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The flags of one statement, each of which must be known. */
final class Flags {
    private final Statement at;
    private final Map<String, List<String>> values = new LinkedHashMap<>();

    Flags(Statement at, String... known) {
        this.at = at;
        List<String> names = List.of(known);
        for (String flag : at.flags()) {
            int equals = flag.indexOf('=');
            String name = equals < 0 ? flag.substring(2) : flag.substring(2, equals);
            if (!names.contains(name)) {
                throw at.parseError("unknown flag: --" + name + Suggestion.of(name, names, "--"));
            }
            values.computeIfAbsent(name, key -> new ArrayList<>()).add(equals < 0 ? "" : flag.substring(equals + 1));
        }
    }

    @Nullable
    String text(String name) {
        List<String> given = values.get(name);
        if (given == null) {
            return null;
        }
        if (given.size() > 1) {
            throw at.parseError("duplicate flag specified: --" + name);
        }
        String value = given.getFirst();
        if (value.isEmpty() && !at.flags().contains("--" + name + "=")) {
            throw at.parseError("missing a value on flag: --" + name);
        }
        return value;
    }

    /** A flag without a value is true. */
    @Nullable
    Boolean truth(String name) {
        List<String> given = values.get(name);
        if (given == null) {
            return null;
        }
        if (given.size() > 1) {
            throw at.parseError("duplicate flag specified: --" + name);
        }
        return switch (given.getFirst()) {
            case "", "true" -> true;
            case "false" -> false;
            default -> throw at.parseError("expecting boolean value for flag --" + name + ", not: " + given.getFirst());
        };
    }

    boolean on(String name) {
        return Boolean.TRUE.equals(truth(name));
    }

    List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }
}
