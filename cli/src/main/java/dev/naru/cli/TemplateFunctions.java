package dev.naru.cli;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The functions of templates: Go's own, and those that the docker command line adds. */
final class TemplateFunctions {
    private TemplateFunctions() {}

    static @Nullable Object call(String name, List<? extends @Nullable Object> arguments) {
        return switch (name) {
            case "json" -> JsonText.compact(one(name, arguments));
            case "join" -> join(list(name, arguments, 0), string(name, arguments, 1));
            case "split" -> split(string(name, arguments, 0), string(name, arguments, 1));
            case "lower" -> text(name, arguments).toLowerCase(Locale.ROOT);
            case "upper" -> text(name, arguments).toUpperCase(Locale.ROOT);
            case "title" -> title(text(name, arguments));
            case "pad" -> pad(string(name, arguments, 0), number(name, arguments, 1), number(name, arguments, 2));
            case "truncate" -> truncate(string(name, arguments, 0), number(name, arguments, 1));
            case "len" -> length(one(name, arguments));
            case "index" -> index(arguments);
            case "slice" -> slice(arguments);
            case "print" -> print(arguments);
            case "println" -> line(arguments);
            case "printf" -> GoFormat.format(string(name, arguments, 0), arguments.subList(1, arguments.size()));
            case "not" -> !TemplateValue.truth(one(name, arguments));
            case "eq" -> equal(arguments);
            case "ne" -> !same(at(name, arguments, 0), at(name, arguments, 1));
            case "lt" -> compare(name, arguments) < 0;
            case "le" -> compare(name, arguments) <= 0;
            case "gt" -> compare(name, arguments) > 0;
            case "ge" -> compare(name, arguments) >= 0;
            default -> throw new TemplateException("function \"" + name + "\" not defined");
        };
    }

    private static @Nullable Object at(String name, List<? extends @Nullable Object> arguments, int index) {
        if (index >= arguments.size()) {
            throw new TemplateException("wrong number of args for " + name + ": got " + arguments.size());
        }
        return arguments.get(index);
    }

    private static @Nullable Object one(String name, List<? extends @Nullable Object> arguments) {
        if (arguments.size() != 1) {
            throw new TemplateException("wrong number of args for " + name + ": want 1 got " + arguments.size());
        }
        return arguments.getFirst();
    }

    private static String text(String name, List<? extends @Nullable Object> arguments) {
        one(name, arguments);
        return string(name, arguments, 0);
    }

    private static String string(String name, List<? extends @Nullable Object> arguments, int index) {
        Object value = at(name, arguments, index);
        if (value instanceof String text) {
            return text;
        }
        throw new TemplateException("wrong type for " + name + ": " + TemplateValue.text(value) + " is not a string");
    }

    private static int number(String name, List<? extends @Nullable Object> arguments, int index) {
        if (at(name, arguments, index) instanceof Number number) {
            return number.intValue();
        }
        throw new TemplateException("wrong type for " + name + ": want a number");
    }

    private static Collection<?> list(String name, List<? extends @Nullable Object> arguments, int index) {
        return switch (at(name, arguments, index)) {
            case null -> List.of();
            case Collection<?> list -> list;
            case Object other ->
                throw new TemplateException(
                        "wrong type for " + name + ": " + TemplateValue.text(other) + " is not a list");
        };
    }

    private static String join(Collection<?> list, String separator) {
        var out = new StringBuilder();
        for (Object element : list) {
            out.append(out.isEmpty() ? "" : separator).append(TemplateValue.text(element));
        }
        return out.toString();
    }

    private static List<String> split(String text, String separator) {
        return List.of(text.split(java.util.regex.Pattern.quote(separator), -1));
    }

    private static String title(String text) {
        var out = new StringBuilder(text);
        for (int i = 0; i < text.length(); i++) {
            if (i == 0 || !Character.isLetterOrDigit(text.charAt(i - 1))) {
                out.setCharAt(i, Character.toTitleCase(text.charAt(i)));
            }
        }
        return out.toString();
    }

    private static String pad(String text, int before, int after) {
        return text.isEmpty() ? text : " ".repeat(Math.max(0, before)) + text + " ".repeat(Math.max(0, after));
    }

    private static String truncate(String text, int length) {
        return text.length() > length ? text.substring(0, Math.max(0, length)) : text;
    }

    private static long length(@Nullable Object value) {
        return switch (value) {
            case null -> 0;
            case String text -> text.length();
            case Collection<?> list -> list.size();
            case Map<?, ?> map -> map.size();
            default -> throw new TemplateException("len of " + TemplateValue.text(value));
        };
    }

    private static @Nullable Object index(List<? extends @Nullable Object> arguments) {
        Object value = at("index", arguments, 0);
        for (Object key : arguments.subList(1, arguments.size())) {
            value = switch (value) {
                case null -> throw new TemplateException("index of nil pointer");
                case Map<?, ?> map -> map.get(String.valueOf(key));
                case List<?> list -> element(list, key);
                default -> throw new TemplateException("can't index item of " + TemplateValue.text(value));
            };
        }
        return value;
    }

    private static @Nullable Object element(List<?> list, @Nullable Object key) {
        if (!(key instanceof Number number)) {
            throw new TemplateException("cannot index slice/array with " + TemplateValue.text(key));
        }
        if (number.intValue() < 0 || number.intValue() >= list.size()) {
            throw new TemplateException("error calling index: reflect: slice index out of range");
        }
        return list.get(number.intValue());
    }

    private static Object slice(List<? extends @Nullable Object> arguments) {
        Object value = at("slice", arguments, 0);
        int size = (int) length(value);
        int from = arguments.size() > 1 ? number("slice", arguments, 1) : 0;
        int to = arguments.size() > 2 ? number("slice", arguments, 2) : size;
        if (from < 0 || to > size || from > to) {
            throw new TemplateException("error calling slice: index out of range");
        }
        return value instanceof List<?> list
                ? list.subList(from, to)
                : String.valueOf(value).substring(from, to);
    }

    private static String print(List<? extends @Nullable Object> arguments) {
        var out = new StringBuilder();
        Object before = "";
        for (Object value : arguments) {
            // Go's Sprint puts a space between two operands when neither is a string.
            if (!out.isEmpty() && !(before instanceof String) && !(value instanceof String)) {
                out.append(' ');
            }
            out.append(TemplateValue.text(value));
            before = value;
        }
        return out.toString();
    }

    private static String line(List<? extends @Nullable Object> arguments) {
        return join(arguments, " ") + "\n";
    }

    private static boolean equal(List<? extends @Nullable Object> arguments) {
        Object first = at("eq", arguments, 0);
        at("eq", arguments, 1);
        for (Object other : arguments.subList(1, arguments.size())) {
            if (same(first, other)) {
                return true;
            }
        }
        return false;
    }

    private static boolean same(@Nullable Object a, @Nullable Object b) {
        return (a instanceof Number x && b instanceof Number y)
                ? x.doubleValue() == y.doubleValue()
                : Objects.equals(a, b);
    }

    private static int compare(String name, List<? extends @Nullable Object> arguments) {
        Object a = at(name, arguments, 0);
        Object b = at(name, arguments, 1);
        if (a instanceof Number x && b instanceof Number y) {
            return Double.compare(x.doubleValue(), y.doubleValue());
        }
        if (a instanceof String x && b instanceof String y) {
            return x.compareTo(y);
        }
        throw new TemplateException("error calling " + name + ": incompatible types for comparison");
    }
}
