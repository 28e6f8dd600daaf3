package dev.naru.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a target of a bake file says of a build, by attribute. Values are texts, truths, lists of texts, maps of texts, and
 * lists of such maps.
 */
final class BakeTarget {
    /** The attributes, in the order in which they are printed. */
    enum Attribute {
        DESCRIPTION("description", Kind.TEXT),
        ANNOTATIONS("annotations", Kind.MORE_TEXTS),
        ATTEST("attest", Kind.MORE_FIELDS),
        CONTEXT("context", Kind.TEXT),
        CONTEXTS("contexts", Kind.MAP),
        DOCKERFILE("dockerfile", Kind.TEXT),
        DOCKERFILE_INLINE("dockerfile-inline", Kind.TEXT),
        ARGS("args", Kind.MAP),
        LABELS("labels", Kind.MAP),
        TAGS("tags", Kind.TEXTS),
        CACHE_FROM("cache-from", Kind.MORE_FIELDS),
        CACHE_TO("cache-to", Kind.FIELDS),
        TARGET("target", Kind.TEXT),
        SECRET("secret", Kind.MORE_FIELDS),
        SSH("ssh", Kind.MORE_FIELDS),
        PLATFORMS("platforms", Kind.TEXTS),
        OUTPUT("output", Kind.FIELDS),
        PULL("pull", Kind.TRUTH),
        NO_CACHE("no-cache", Kind.TRUTH),
        NETWORK("network", Kind.TEXT),
        NO_CACHE_FILTER("no-cache-filter", Kind.MORE_TEXTS),
        SHM_SIZE("shm-size", Kind.TEXT),
        ULIMITS("ulimits", Kind.MORE_TEXTS),
        CALL("call", Kind.TEXT),
        ENTITLEMENTS("entitlements", Kind.MORE_TEXTS),
        EXTRA_HOSTS("extra-hosts", Kind.MAP);

        private final String word;
        private final Kind kind;

        Attribute(String word, Kind kind) {
            this.word = word;
            this.kind = kind;
        }

        String word() {
            return word;
        }

        Kind kind() {
            return kind;
        }

        static @Nullable Attribute of(String word) {
            for (Attribute each : values()) {
                if (each.word.equals(word)) {
                    return each;
                }
            }
            return null;
        }
    }

    /** What a value is, and what happens when a target that inherits has one too. */
    enum Kind {
        TEXT,
        TRUTH,
        /** Added to, key by key. */
        MAP,
        /** Replaced. */
        TEXTS,
        /** Added to. */
        MORE_TEXTS,
        /** Replaced. */
        FIELDS,
        /** Added to; those that are for the same thing replaced. */
        MORE_FIELDS
    }

    private final Map<Attribute, Object> values = new TreeMap<>();

    BakeTarget copy() {
        var copy = new BakeTarget();
        values.forEach((attribute, value) -> copy.set(attribute, value));
        return copy;
    }

    void set(Attribute attribute, Object value) {
        values.put(
                attribute,
                switch (value) {
                    case List<?> list -> new ArrayList<>(list);
                    case Map<?, ?> map -> new TreeMap<>(map);
                    default -> value;
                });
    }

    void remove(Attribute attribute) {
        values.remove(attribute);
    }

    boolean has(Attribute attribute) {
        return values.containsKey(attribute);
    }

    String text(Attribute attribute) {
        return values.get(attribute) instanceof String text ? text : "";
    }

    boolean is(Attribute attribute) {
        return Boolean.TRUE.equals(values.get(attribute));
    }

    @SuppressWarnings("unchecked")
    List<String> texts(Attribute attribute) {
        return values.get(attribute) instanceof List<?> list ? (List<String>) list : List.of();
    }

    @SuppressWarnings("unchecked")
    List<Map<String, Object>> fields(Attribute attribute) {
        return values.get(attribute) instanceof List<?> list ? (List<Map<String, Object>>) list : List.of();
    }

    @SuppressWarnings("unchecked")
    Map<String, String> map(Attribute attribute) {
        return values.get(attribute) instanceof Map<?, ?> map ? (Map<String, String>) map : Map.of();
    }

    /** Takes over what another one says, which counts more. */
    void merge(BakeTarget other) {
        other.values.forEach(this::add);
    }

    void add(Attribute attribute, Object value) {
        switch (attribute.kind()) {
            case TEXT, TRUTH, TEXTS, FIELDS -> set(attribute, value);
            case MAP -> {
                Map<String, Object> merged = new TreeMap<>(map(attribute));
                ((Map<?, ?>) value).forEach((key, each) -> merged.put(String.valueOf(key), each));
                values.put(attribute, merged);
            }
            case MORE_TEXTS -> {
                var merged = new LinkedHashSet<>(texts(attribute));
                ((List<?>) value).forEach(each -> merged.add(String.valueOf(each)));
                values.put(attribute, new ArrayList<>(merged));
            }
            case MORE_FIELDS -> {
                List<Map<String, Object>> merged = new ArrayList<>(fields(attribute));
                for (Object each : (List<?>) value) {
                    @SuppressWarnings("unchecked")
                    var fields = (Map<String, Object>) each;
                    BakeFields.put(attribute, merged, fields);
                }
                values.put(attribute, merged);
            }
        }
    }

    /** As {@code --print} shows it. */
    Map<String, @Nullable Object> json() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        values.forEach((attribute, value) -> {
            boolean empty = value instanceof List<?> list && list.isEmpty()
                    || value instanceof Map<?, ?> map && map.isEmpty()
                    || value instanceof String text && text.isEmpty() && attribute != Attribute.CONTEXT;
            if (!empty) {
                json.put(attribute.word(), escaped(value));
            }
        });
        return json;
    }

    /** What is printed can be read again, so that nothing in it may look like a template. */
    private static Object escaped(Object value) {
        return switch (value) {
            case String text -> text.replace("${", "$${").replace("%{", "%%{");
            case List<?> list -> list.stream().map(BakeTarget::escaped).toList();
            case Map<?, ?> map -> {
                Map<String, Object> all = new LinkedHashMap<>();
                map.forEach((key, each) -> all.put(String.valueOf(key), escaped(each)));
                yield all;
            }
            default -> value;
        };
    }

    /** A path without {@code .} and needless {@code ..}, as Go's {@code path.Clean} makes it. */
    static String clean(String path) {
        List<String> parts = new ArrayList<>();
        boolean rooted = path.startsWith("/");
        for (String part : path.split("/", -1)) {
            if (part.equals("..") && !parts.isEmpty() && !parts.getLast().equals("..")) {
                parts.removeLast();
            } else if (part.equals("..") && rooted) {
                continue;
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        String clean = String.join("/", parts);
        return rooted ? "/" + clean : clean.isEmpty() ? "." : clean;
    }
}
