package dev.naru.buildkit;

import dev.naru.build.CacheUsage;
import dev.naru.engine.CachePolicy;
import dev.naru.error.NaruException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Filters of what the builder keeps, as containerd writes them: conditions with commas between, any of several lists. */
final class UsageFilter {
    private static final Pattern CONDITION = Pattern.compile("([a-zA-Z-]+)(?:(==|!=|~=)(.*))?");

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
        String operator = or(parts.group(2));
        String given = or(parts.group(3));
        return switch (field) {
            case "id" -> text(CacheUsage.Entry::id, operator, given, text);
            case "parents", "parent" -> {
                Predicate<String> wanted = value(operator, given, text);
                yield entry -> entry.parents().stream().anyMatch(wanted);
            }
            case "description" -> text(CacheUsage.Entry::description, operator, given, text);
            case "type" -> text(CacheUsage.Entry::type, operator, given, text);
            case "inuse" -> truth(CacheUsage.Entry::used, operator, given);
            case "mutable" -> truth(CacheUsage.Entry::isMutable, operator, given);
            case "immutable" -> truth(entry -> !entry.isMutable(), operator, given);
            case "shared" -> truth(CacheUsage.Entry::shared, operator, given);
            case "private" -> truth(entry -> !entry.shared(), operator, given);
            case "until", "unused-for" -> before(given, text);
            default -> throw NaruException.invalid("invalid filter \"" + text + "\": no field " + field);
        };
    }

    private static Predicate<CacheUsage.Entry> text(
            Function<CacheUsage.Entry, String> field, String operator, String given, String text) {
        Predicate<String> wanted = value(operator, given, text);
        return entry -> wanted.test(field.apply(entry));
    }

    /** Clients write {@code shared}, {@code shared==true} and {@code shared!=false} alike. */
    private static Predicate<CacheUsage.Entry> truth(Predicate<CacheUsage.Entry> field, String operator, String given) {
        boolean no = given.equals("false") || given.equals("0");
        return no == operator.equals("!=") ? field : field.negate();
    }

    /** Pruning has a field of its own for this; asking for the usage has not, with older clients. */
    private static Predicate<CacheUsage.Entry> before(String given, String text) {
        Duration unused = CachePolicy.rule(List.of("until=" + given), 0, 0, 0).unusedFor();
        if (unused == null) {
            throw NaruException.invalid("invalid filter \"" + text + "\": expected a duration like 24h");
        }
        Instant latest = Instant.now().minus(unused);
        return entry -> entry.lastUsed().isBefore(latest);
    }

    private static String or(@Nullable String text) {
        return text == null ? "" : text;
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
