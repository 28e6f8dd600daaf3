package dev.naru.build;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Collects the warnings of one build file, those that its {@code check} directive leaves. */
final class Linter {
    private final Set<String> skipped = new LinkedHashSet<>();
    private final Set<String> experimental = new LinkedHashSet<>();
    private final Set<BuildWarning> warnings = new LinkedHashSet<>();
    private boolean fails;

    /** @param check {@code skip=A,B;error=true;experimental=all}, empty for the defaults */
    Linter(String check) {
        for (String part : check.split(";", -1)) {
            int equals = part.indexOf('=');
            String key = equals < 0 ? part.strip() : part.substring(0, equals).strip();
            String value = equals < 0 ? "" : part.substring(equals + 1).strip();
            switch (key) {
                case "skip" -> skipped.addAll(names(value));
                case "experimental" -> experimental.addAll(names(value));
                case "error" -> fails = value.equals("true") || value.equals("1");
                case "" -> {}
                default ->
                    throw NaruException.invalid("invalid check option \"" + key + "\""
                            + Suggestion.of(key, List.of("skip", "error", "experimental"), ""));
            }
        }
    }

    private static List<String> names(String value) {
        return Arrays.stream(value.split(",", -1))
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .toList();
    }

    void warn(LintRule rule, Statement at, String message) {
        warn(rule, at.range(), message);
    }

    void warn(LintRule rule, Vertex.SourceRange range, String message) {
        boolean named = experimental.contains(rule.title()) || experimental.contains("all");
        boolean skip = rule.experimental() ? !named : skipped.contains(rule.title()) || skipped.contains("all");
        if (!skip) {
            warnings.add(new BuildWarning(rule.title(), rule.description(), rule.url(), message, range));
        }
    }

    List<BuildWarning> warnings() {
        return List.copyOf(warnings);
    }

    boolean fails() {
        return fails && !warnings.isEmpty();
    }

    /** @throws NaruException INVALID when warnings are errors and there are some */
    void finish(BuildFile file) {
        if (fails()) {
            String rules = warnings.stream().map(BuildWarning::rule).distinct().collect(Collectors.joining(", "));
            String excerpts = warnings.stream()
                    .map(each ->
                            "\n" + each.message() + (each.range() == null ? "" : "\n" + file.excerpt(each.range())))
                    .collect(Collectors.joining());
            throw new NaruException(ErrorKind.INVALID, "lint violation found for rules: " + rules + excerpts, "", null);
        }
    }
}
