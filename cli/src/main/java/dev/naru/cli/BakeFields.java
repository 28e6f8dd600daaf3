package dev.naru.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Outputs, caches, secrets, agents and attestations of bake files: written as options are, or as objects. */
final class BakeFields {
    private BakeFields() {}

    /** From a text or an object. */
    static Map<String, Object> of(BakeTarget.Attribute attribute, @Nullable Object value) {
        if (value instanceof String text) {
            return text(attribute, text);
        }
        Map<String, Object> fields = new TreeMap<>();
        HclValues.map(value).forEach((key, each) -> {
            if (each instanceof List<?> list && attribute == BakeTarget.Attribute.SSH) {
                fields.put(key, list.stream().map(HclValues::text).toList());
            } else if (each != null) {
                fields.put(key, HclValues.text(each));
            }
        });
        return checked(attribute, fields);
    }

    private static Map<String, Object> text(BakeTarget.Attribute attribute, String text) {
        List<String> parts = Csv.split(text);
        boolean bare = parts.size() == 1 && !text.contains("=");
        Map<String, Object> fields = new TreeMap<>();
        switch (attribute) {
            case SSH -> {
                int equals = text.indexOf('=');
                fields.put("id", equals < 0 ? text : text.substring(0, equals));
                if (equals >= 0) {
                    fields.put("paths", List.of(text.substring(equals + 1).split(",", -1)));
                }
                return fields;
            }
            case OUTPUT -> {
                if (bare || (parts.size() == 1 && !text.startsWith("type="))) {
                    fields.put("type", text.equals("-") ? "tar" : "local");
                    fields.put("dest", text);
                    return fields;
                }
            }
            case CACHE_FROM, CACHE_TO -> {
                if (!text.contains("=")) {
                    fields.put("type", "registry");
                    fields.put("ref", text);
                    return fields;
                }
            }
            default -> {}
        }
        for (String part : parts) {
            int equals = part.indexOf('=');
            if (equals < 0 && attribute != BakeTarget.Attribute.ATTEST) {
                throw new HclValues.Unsuitable("invalid value " + part + " in " + attribute.word());
            }
            fields.put(
                    (equals < 0 ? part : part.substring(0, equals)).strip(),
                    equals < 0 ? "true" : part.substring(equals + 1));
        }
        return checked(attribute, fields);
    }

    private static Map<String, Object> checked(BakeTarget.Attribute attribute, Map<String, Object> fields) {
        return switch (attribute) {
            case SECRET -> secret(fields);
            case SSH -> {
                Map<String, Object> ordered = new LinkedHashMap<>();
                ordered.put("id", fields.getOrDefault("id", "default"));
                if (fields.get("paths") instanceof List<?> paths && !paths.isEmpty()) {
                    ordered.put("paths", paths);
                }
                yield ordered;
            }
            default -> {
                if (!fields.containsKey("type")) {
                    throw new HclValues.Unsuitable("type is required in " + attribute.word());
                }
                yield fields;
            }
        };
    }

    private static Map<String, Object> secret(Map<String, Object> fields) {
        String type = String.valueOf(fields.getOrDefault("type", ""));
        Object source = fields.getOrDefault("src", fields.get("source"));
        Object variable = fields.get("env");
        Object id = fields.get("id");
        if (type.equals("env") && variable == null) {
            variable = source;
            source = null;
        }
        Map<String, Object> secret = new LinkedHashMap<>();
        if (id != null) {
            secret.put("id", id);
        }
        if (source != null) {
            secret.put("src", source);
        }
        if (variable != null) {
            secret.put("env", variable);
        }
        return secret;
    }

    /** Puts one among others, in the place of the one that is for the same thing. */
    static void put(BakeTarget.Attribute attribute, List<Map<String, Object>> all, Map<String, Object> fields) {
        String same =
                switch (attribute) {
                    case ATTEST -> "type";
                    case SECRET, SSH -> "id";
                    default -> "";
                };
        for (int i = 0; i < all.size(); i++) {
            boolean equal = same.isEmpty()
                    ? all.get(i).equals(fields)
                    : Objects.equals(all.get(i).get(same), fields.get(same));
            if (equal) {
                all.set(i, fields);
                return;
            }
        }
        all.add(fields);
    }

    /** As an option takes it. */
    static String option(BakeTarget.Attribute attribute, Map<String, Object> fields) {
        if (attribute == BakeTarget.Attribute.SSH) {
            String id = String.valueOf(fields.get("id"));
            return fields.get("paths") instanceof List<?> paths
                    ? id + "="
                            + String.join(
                                    ",", paths.stream().map(String::valueOf).toList())
                    : id;
        }
        List<String> parts = new ArrayList<>();
        fields.forEach((key, value) -> {
            String part = key + "=" + value;
            parts.add(part.contains(",") || part.contains("\"") ? "\"" + part.replace("\"", "\"\"") + "\"" : part);
        });
        return String.join(",", parts);
    }
}
