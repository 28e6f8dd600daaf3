package dev.naru.buildkit;

import dev.naru.build.CacheUsage;
import dev.naru.error.NaruException;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Filters of what the builder keeps, as containerd writes them: conditions with commas between, any of several lists. */
final class UsageFilter {
    private static final Pattern CONDITION = Pattern.compile("([a-zA-Z]+)(?:(==|!=|~=)(.*))?");

    private UsageFilter() {}

    static Predicate<CacheUsage.Entry> of(List<String> filters) {
        List<Predicate<CacheUsage.Entry>> any = filters.stream()
                .filter(filter -> !filter.isBlank())
                .map(UsageFilter::all)
                .toList();
        return entry -> any.isEmpty() || any.stream().anyMatch(each -> each.test(entry));
    }

    private static Predicate<CacheUsage.Entry> all(String filter) {
        Predicate<CacheUsage.Entry> all = entry -> true;
        for (String each : filter.split(",", -1)) {
            if (!each.isBlank()) {
                all = all.and(condition(each.strip()));
            }
        }
        return all;
    }

    private static Predicate<CacheUsage.Entry> condition(String text) {
        Matcher parts = CONDITION.matcher(text);
        if (!parts.matches()) {
            throw NaruException.invalid("invalid filter \"" + text + "\"");
        }
        String field = parts.group(1);
        Predicate<String> wanted = value(or(parts.group(2)), or(parts.group(3)), text);
        return switch (field) {
            case "id" -> entry -> wanted.test(entry.id());
            case "parents", "parent" -> entry -> entry.parents().stream().anyMatch(wanted);
            case "description" -> entry -> wanted.test(entry.description());
            case "type" -> entry -> wanted.test(entry.type());
            case "inuse" -> entry -> wanted.test(entry.used() ? "true" : "");
            case "mutable" -> entry -> wanted.test(mutable(entry) ? "true" : "");
            case "immutable" -> entry -> wanted.test(mutable(entry) ? "" : "true");
            case "shared" -> entry -> wanted.test("");
            case "private" -> entry -> wanted.test("true");
            default -> throw NaruException.invalid("invalid filter \"" + text + "\": no field " + field);
        };
    }

    private static String or(@Nullable String text) {
        return text == null ? "" : text;
    }

    /** Whether steps change it. */
    static boolean mutable(CacheUsage.Entry entry) {
        return entry.type().equals("exec.cachemount");
    }

    private static Predicate<String> value(String operator, String given, String text) {
        try {
            return switch (operator) {
                case "" -> value -> !value.isEmpty();
                case "==" -> value -> value.equals(given);
                case "!=" -> value -> !value.equals(given);
                default -> Pattern.compile(given).asPredicate();
            };
        } catch (PatternSyntaxException malformed) {
            throw NaruException.invalid("invalid filter \"" + text + "\": " + malformed.getDescription());
        }
    }
}
