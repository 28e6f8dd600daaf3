package dev.naru.engine;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is written with every line of a log because options ask for it: labels, variables, a tag. */
final class LogTag {
    private static final Pattern FIELD = Pattern.compile("\\{\\{\\s*\\.?(.*?)\\s*}}");

    private LogTag() {}

    /**
     * Refuses fields that a tag can't have.
     *
     * @throws NaruException NOT_SUPPORTED naming the field
     */
    static void check(String tag) {
        FIELD.matcher(tag).replaceAll(match -> Matcher.quoteReplacement(field(match.group(1), null)));
    }

    static Map<String, String> attributes(ContainerRecord container, Map<String, String> options) {
        if (options.isEmpty()) {
            return Map.of();
        }
        var attributes = new LinkedHashMap<String, String>();
        Map<String, String> labels = Values.map(container.config().labels());
        select(labels, options, "labels", attributes);
        select(variables(container), options, "env", attributes);
        String tag = options.getOrDefault("tag", "");
        if (!tag.isEmpty()) {
            attributes.put(
                    "tag",
                    FIELD.matcher(tag).replaceAll(match -> Matcher.quoteReplacement(field(match.group(1), container))));
        }
        return attributes;
    }

    private static void select(
            Map<String, String> from, Map<String, String> options, String option, Map<String, String> into) {
        for (String name : options.getOrDefault(option, "").split(",", -1)) {
            String value = from.get(name);
            if (value != null) {
                into.put(name, value);
            }
        }
        String regex = options.getOrDefault(option + "-regex", "");
        if (!regex.isEmpty()) {
            Pattern wanted = Pattern.compile(regex);
            from.forEach((name, value) -> {
                if (wanted.matcher(name).find()) {
                    into.put(name, value);
                }
            });
        }
    }

    private static Map<String, String> variables(ContainerRecord container) {
        var variables = new LinkedHashMap<String, String>();
        for (String variable : Values.list(container.config().env())) {
            int equals = variable.indexOf('=');
            if (equals > 0) {
                variables.put(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        return variables;
    }

    private static String field(String name, @Nullable ContainerRecord of) {
        if (of == null) {
            return switch (name) {
                case "ID", "FullID", "Name", "ImageID", "ImageFullID", "ImageName", "DaemonName" -> "";
                default ->
                    throw new NaruException(
                            ErrorKind.NOT_SUPPORTED,
                            "log opt \"tag\" can't have {{" + name + "}}",
                            "",
                            "use {{.ID}}, {{.FullID}}, {{.Name}}, {{.ImageID}}, {{.ImageFullID}}, {{.ImageName}} or"
                                    + " {{.DaemonName}}");
            };
        }
        return switch (name) {
            case "ID" -> of.id().substring(0, 12);
            case "FullID" -> of.id();
            case "Name" -> of.name();
            case "ImageID" -> shortImage(of.imageId());
            case "ImageFullID" -> of.imageId();
            case "ImageName" -> of.imageName();
            case "DaemonName" -> "naru";
            default -> "";
        };
    }

    private static String shortImage(String id) {
        String digits = id.startsWith("sha256:") ? id.substring("sha256:".length()) : id;
        return digits.substring(0, Math.min(12, digits.length()));
    }
}
