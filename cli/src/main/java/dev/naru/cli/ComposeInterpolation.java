package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Puts values for {@code $NAME}, {@code ${NAME:-default}} and the like in a compose file's texts. */
final class ComposeInterpolation {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final int DEEPEST = 50;

    private final String file;
    private final Map<String, String> values;

    ComposeInterpolation(String file, Map<String, String> values) {
        this.file = requireNonNull(file, "file");
        this.values = Map.copyOf(values);
    }

    /** A tree with its texts filled in; {@code <<} takes over what other objects say. */
    @Nullable
    Object of(@Nullable Object tree) {
        return switch (tree) {
            case String text -> text(text, 0);
            case List<?> list -> {
                List<@Nullable Object> all = new ArrayList<>();
                list.forEach(each -> all.add(of(each)));
                yield all;
            }
            case Map<?, ?> map -> {
                Map<String, @Nullable Object> all = new LinkedHashMap<>();
                Object base = map.get("<<");
                (base instanceof List<?> several ? several : base == null ? List.of() : List.of(base))
                        .forEach(each -> Json.object(of(each)).forEach(all::putIfAbsent));
                map.forEach((key, value) -> {
                    if (!"<<".equals(key)) {
                        all.put(String.valueOf(key), of(value));
                    }
                });
                yield all;
            }
            case null, default -> tree;
        };
    }

    private String text(String text, int depth) {
        if (depth > DEEPEST) {
            throw new CliException(file + ": more than " + DEEPEST + " levels of variables in one text");
        }
        var out = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int dollar = text.indexOf('$', at);
            if (dollar < 0) {
                break;
            }
            out.append(text, at, dollar);
            at = dollar + 1;
            if (text.startsWith("$", at)) {
                out.append('$');
                at++;
            } else if (text.startsWith("{", at)) {
                int close = close(text, at);
                out.append(braced(text.substring(at + 1, close), depth));
                at = close + 1;
            } else {
                Matcher name = NAME.matcher(text).region(at, text.length());
                if (!name.lookingAt()) {
                    throw invalid(text);
                }
                out.append(values.getOrDefault(name.group(), ""));
                at = name.end();
            }
        }
        return out.append(text, at, text.length()).toString();
    }

    private CliException invalid(String text) {
        return new CliException(
                file + ": invalid interpolation format in \"" + text + "\": a dollar sign is written $$");
    }

    private int close(String text, int open) {
        int depth = 0;
        for (int at = open; at < text.length(); at++) {
            if (text.charAt(at) == '{' && (at == open || text.charAt(at - 1) == '$')) {
                depth++;
            } else if (text.charAt(at) == '}' && --depth == 0) {
                return at;
            }
        }
        throw invalid(text);
    }

    private String braced(String inner, int depth) {
        Matcher name = NAME.matcher(inner);
        if (!name.lookingAt()) {
            throw invalid("${" + inner + "}");
        }
        String value = values.get(name.group());
        String rest = inner.substring(name.end());
        if (rest.isEmpty()) {
            return value == null ? "" : value;
        }
        boolean strict = rest.startsWith(":");
        String operator = rest.substring(strict ? 1 : 0);
        boolean set = value != null && !(strict && value.isEmpty());
        if (operator.isEmpty()) {
            throw invalid("${" + inner + "}");
        }
        String other = operator.substring(1);
        return switch (operator.charAt(0)) {
            case '-' -> set ? requireNonNull(value) : text(other, depth + 1);
            case '+' -> set ? text(other, depth + 1) : "";
            case '?' -> {
                if (!set) {
                    throw new CliException(file + ": required variable " + name.group() + " is missing a value"
                            + (other.isEmpty() ? "" : ": " + text(other, depth + 1)));
                }
                yield requireNonNull(value);
            }
            default -> throw invalid("${" + inner + "}");
        };
    }
}
