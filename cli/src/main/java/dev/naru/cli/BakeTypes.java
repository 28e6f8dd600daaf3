package dev.naru.cli;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The types that variables may have, as {@code list(string)}, and values made to fit them. */
final class BakeTypes {
    private BakeTypes() {}

    /** As it is written. */
    static String text(HclExpression type) {
        return switch (type) {
            case HclExpression.Name name -> name.name();
            case HclExpression.Call call ->
                call.name() + "("
                        + String.join(
                                ", ",
                                call.arguments().stream().map(BakeTypes::text).toList()) + ")";
            case HclExpression.ObjectOf object ->
                "{"
                        + String.join(
                                ", ",
                                object.entries().stream()
                                        .map(each -> key(each) + "=" + text(each.value()))
                                        .toList())
                        + "}";
            case HclExpression.Tuple tuple ->
                "["
                        + String.join(
                                ", ",
                                tuple.elements().stream().map(BakeTypes::text).toList()) + "]";
            case HclExpression.Constant(HclSource.Place place, String text) -> text;
            default -> throw type.at().error("Invalid type specification");
        };
    }

    private static String key(HclExpression.Entry entry) {
        return entry.key() instanceof HclExpression.Constant(HclSource.Place place, Object key)
                ? String.valueOf(key)
                : "";
    }

    static boolean isPrimitive(HclExpression type) {
        return type instanceof HclExpression.Name name && !name.name().equals("any");
    }

    /**
     * The value as the type has it.
     *
     * @throws HclValues.Unsuitable when it cannot be
     */
    static @Nullable Object fitted(HclExpression type, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        return switch (type) {
            case HclExpression.Name name ->
                switch (name.name()) {
                    case "string" -> HclValues.text(value);
                    case "number" -> HclValues.number(value);
                    case "bool" -> HclValues.truth(value);
                    case "any" -> value;
                    default -> throw type.at().error("Invalid type specification; \"" + name.name() + "\" is no type");
                };
            case HclExpression.Call call -> collection(call, value);
            default -> throw type.at().error("Invalid type specification");
        };
    }

    private static Object collection(HclExpression.Call call, Object value) {
        if (call.arguments().size() != 1) {
            throw call.at().error("Invalid type specification; " + call.name() + " has one argument");
        }
        HclExpression of = call.arguments().getFirst();
        switch (call.name()) {
            case "list", "set" -> {
                List<@Nullable Object> all = new ArrayList<>();
                HclValues.list(value).forEach(each -> all.add(fitted(of, each)));
                return call.name().equals("set") ? new ArrayList<>(new java.util.LinkedHashSet<>(all)) : all;
            }
            case "map" -> {
                Map<String, @Nullable Object> all = new TreeMap<>();
                HclValues.map(value).forEach((key, each) -> all.put(key, fitted(of, each)));
                return all;
            }
            case "object" -> {
                if (!(of instanceof HclExpression.ObjectOf object)) {
                    throw call.at().error("Invalid type specification; object({…}) is expected");
                }
                Map<String, @Nullable Object> given = HclValues.map(value);
                Map<String, @Nullable Object> all = new TreeMap<>();
                for (HclExpression.Entry entry : object.entries()) {
                    String key = key(entry);
                    boolean optional = entry.value() instanceof HclExpression.Call inner
                            && inner.name().equals("optional");
                    if (!given.containsKey(key) && !optional) {
                        throw new HclValues.Unsuitable("attribute \"" + key + "\" is required");
                    }
                    HclExpression type = optional
                            ? ((HclExpression.Call) entry.value()).arguments().getFirst()
                            : entry.value();
                    all.put(key, fitted(type, given.get(key)));
                }
                return all;
            }
            case "tuple" -> {
                if (!(of instanceof HclExpression.Tuple tuple)
                        || HclValues.list(value).size() != tuple.elements().size()) {
                    throw new HclValues.Unsuitable("a tuple of another length is required");
                }
                List<@Nullable Object> all = new ArrayList<>();
                for (int i = 0; i < tuple.elements().size(); i++) {
                    all.add(fitted(
                            tuple.elements().get(i), HclValues.list(value).get(i)));
                }
                return all;
            }
            default -> throw call.at().error("Invalid type specification; \"" + call.name() + "\" is no type");
        }
    }

    /** A value of the environment: as it is, as a line of fields for a list, or as JSON. */
    static @Nullable Object given(HclExpression type, String text) {
        if (isPrimitive(type)) {
            return fitted(type, text);
        }
        boolean list = type instanceof HclExpression.Call call
                && !List.of("map", "object").contains(call.name());
        if (list) {
            List<@Nullable Object> fields = new ArrayList<>();
            if (!text.isEmpty()) {
                fields.addAll(Csv.split(text));
            }
            return fitted(type, fields);
        }
        return json(type, text);
    }

    static @Nullable Object json(HclExpression type, String text) {
        try {
            return fitted(type, HclValues.of(Json.read(text.getBytes(StandardCharsets.UTF_8))));
        } catch (CliException malformed) {
            throw new HclValues.Unsuitable("it is not JSON");
        }
    }
}
