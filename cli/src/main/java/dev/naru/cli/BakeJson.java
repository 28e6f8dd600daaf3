package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Bake files in JSON, as the same blocks and expressions (HCL's JSON syntax): texts are templates. */
final class BakeJson {
    private static final List<String> BLOCKS = List.of("target", "group", "variable", "function");

    private final HclSource source;

    private BakeJson(HclSource source) {
        this.source = requireNonNull(source, "source");
    }

    /** @throws CliException when it is no JSON */
    static HclBody read(HclSource source) {
        Object tree = Json.read(source.text().getBytes(StandardCharsets.UTF_8), source.name() + " is no JSON");
        if (!(tree instanceof Map<?, ?>)) {
            throw new CliException(source.name() + " is no JSON object");
        }
        return new BakeJson(source).file(Json.object(tree));
    }

    private HclBody file(Map<String, @Nullable Object> tree) {
        Map<String, HclBody.Attribute> attributes = new LinkedHashMap<>();
        List<HclBody.Block> blocks = new ArrayList<>();
        tree.forEach((name, value) -> {
            if (BLOCKS.contains(name)) {
                each(value)
                        .forEach(labelled -> labelled.forEach(
                                (label, body) -> each(body).forEach(one -> blocks.add(block(name, label, one)))));
            } else {
                attributes.put(name, attribute(name, value));
            }
        });
        return new HclBody(attributes, blocks);
    }

    /** One object, or several in a list. */
    private static List<Map<String, @Nullable Object>> each(@Nullable Object value) {
        return value instanceof List<?> list ? list.stream().map(Json::object).toList() : List.of(Json.object(value));
    }

    private HclBody.Block block(String type, String label, Map<String, @Nullable Object> body) {
        Map<String, HclBody.Attribute> attributes = new LinkedHashMap<>();
        List<HclBody.Block> inner = new ArrayList<>();
        body.forEach((name, value) -> {
            if (type.equals("variable") && name.equals("validation")) {
                each(value).forEach(rule -> inner.add(rule(rule)));
            } else if (bare(type, name) && value instanceof String text) {
                attributes.put(
                        name,
                        new HclBody.Attribute(
                                name,
                                place(name),
                                new HclParser(new HclSource(source.name() + ": " + name, text)).expression()));
            } else {
                attributes.put(name, attribute(name, value));
            }
        });
        return new HclBody.Block(type, List.of(label), place(label), new HclBody(attributes, inner));
    }

    /** Words that are types and names, not texts. */
    private static boolean bare(String type, String name) {
        return (type.equals("variable") && name.equals("type"))
                || (type.equals("function") && name.equals("variadic_params"));
    }

    private HclBody.Block rule(Map<String, @Nullable Object> rule) {
        Map<String, HclBody.Attribute> attributes = new LinkedHashMap<>();
        rule.forEach((name, value) -> attributes.put(name, attribute(name, value)));
        return new HclBody.Block("validation", List.of(), place("validation"), new HclBody(attributes, List.of()));
    }

    private HclBody.Attribute attribute(String name, @Nullable Object value) {
        return new HclBody.Attribute(name, place(name), expression(name, value));
    }

    /** Where the word stands first: JSON's reader tells no places. */
    private HclSource.Place place(String word) {
        String quoted = "\"" + word + "\"";
        int at = Math.max(0, source.text().indexOf(quoted));
        return new HclSource.Place(source, at, at + quoted.length());
    }

    private HclExpression expression(String name, @Nullable Object value) {
        return switch (value) {
            case String text ->
                text.contains("${") || text.contains("%{")
                        ? HclTemplates.whole(new HclSource(source.name() + ": " + name, text))
                        : new HclExpression.Constant(place(name), text);
            case List<?> list ->
                new HclExpression.Tuple(
                        place(name),
                        list.stream().map(each -> expression(name, each)).toList());
            case Map<?, ?> map -> {
                List<HclExpression.Entry> entries = new ArrayList<>();
                map.forEach((key, each) -> entries.add(new HclExpression.Entry(
                        expression(String.valueOf(key), String.valueOf(key)), expression(String.valueOf(key), each))));
                yield new HclExpression.ObjectOf(place(name), entries);
            }
            case null, default -> new HclExpression.Constant(place(name), HclValues.of(value));
        };
    }
}
