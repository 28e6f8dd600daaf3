package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Evaluates the blocks of bake files: what targets say, how a matrix forks them, and what groups have in them. */
final class BakeBlocks {
    private static final int MOST_FORKS = 10_000;

    private final BakeScope scope;
    private final BakeDefinition definition = new BakeDefinition();

    BakeBlocks(BakeScope scope) {
        this.scope = requireNonNull(scope, "scope");
    }

    BakeDefinition definition() {
        return definition;
    }

    void add(HclBody file) {
        for (HclBody.Block block : file.blocks()) {
            switch (block.type()) {
                case "target" -> target(block);
                case "group" -> group(block);
                default -> {}
            }
        }
    }

    private void group(HclBody.Block block) {
        HclEvaluation evaluation = scope.evaluation();
        HclExpression name = block.body().value("name");
        HclExpression matrix = block.body().value("matrix");
        if (name != null || matrix != null) {
            throw block.at().error("Unsupported argument; Groups have no matrix here");
        }
        HclExpression targets = block.body().value("targets");
        HclExpression description = block.body().value("description");
        List<String> members = targets == null
                ? List.of()
                : HclValues.list(evaluation.of(targets)).stream()
                        .map(HclValues::text)
                        .toList();
        definition.group(
                block.labels().getFirst(),
                members,
                description == null ? "" : HclValues.text(evaluation.of(description)));
    }

    private void target(HclBody.Block block) {
        String name = name(block.at(), block.labels().getFirst());
        HclExpression matrix = block.body().value("matrix");
        HclExpression title = block.body().value("name");
        if (matrix == null) {
            if (title != null && !HclValues.text(scope.evaluation().of(title)).equals(name)) {
                throw title.at().error("Attribute \"name\" is for targets with a matrix");
            }
            target(name, block, Map.of());
            return;
        }
        if (title == null) {
            throw block.at().error("Missing name; A target with a matrix needs the attribute \"name\"");
        }
        List<String> forks = new ArrayList<>();
        for (Map<String, @Nullable Object> values : combinations(matrix)) {
            String fork =
                    name(title.at(), HclValues.text(scope.evaluation(values).of(title)));
            if (forks.contains(fork)) {
                throw title.at().error("Duplicate name; Two values of the matrix make the target \"" + fork + "\"");
            }
            forks.add(fork);
            target(fork, block, values);
        }
        if (!forks.equals(List.of(name))) {
            definition.group(name, forks, "");
        }
    }

    private static String name(HclSource.Place at, String name) {
        if (!name.matches("[a-zA-Z0-9_-]+")) {
            throw at.error("Invalid name; only \"[a-zA-Z0-9_-]+\" are allowed in \"" + name + "\"");
        }
        return name;
    }

    /** All of them, the first key's values changing first. */
    private List<Map<String, @Nullable Object>> combinations(HclExpression matrix) {
        List<Map<String, @Nullable Object>> all = new ArrayList<>(List.of(new LinkedHashMap<>()));
        for (Map.Entry<String, @Nullable Object> axis :
                HclValues.map(scope.evaluation().of(matrix)).entrySet()) {
            List<Map<String, @Nullable Object>> longer = new ArrayList<>();
            if (!(axis.getValue() instanceof List<?>)) {
                throw matrix.at().error("Invalid matrix; \"" + axis.getKey() + "\" must be a list of values");
            }
            for (Object value : HclValues.list(axis.getValue())) {
                for (Map<String, @Nullable Object> each : all) {
                    Map<String, @Nullable Object> with = new LinkedHashMap<>(each);
                    with.put(axis.getKey(), value);
                    longer.add(with);
                }
                if (longer.size() > MOST_FORKS) {
                    throw matrix.at().error("more than " + MOST_FORKS + " targets");
                }
            }
            all = longer;
        }
        return all;
    }

    private void target(String name, HclBody.Block block, Map<String, @Nullable Object> values) {
        HclEvaluation evaluation = scope.evaluation(values);
        var target = new BakeTarget();
        List<String> inherits = null;
        for (HclBody.Attribute attribute : block.body().attributes().values()) {
            if (attribute.name().equals("name") || attribute.name().equals("matrix")) {
                continue;
            }
            Object value = evaluation.of(attribute.value());
            try {
                if (attribute.name().equals("inherits")) {
                    inherits =
                            HclValues.list(value).stream().map(HclValues::text).toList();
                } else {
                    read(target, attribute, value);
                }
            } catch (HclValues.Unsuitable wrong) {
                throw attribute.value().at().error("Unsuitable value type; Unsuitable value: " + wrong.getMessage());
            }
        }
        if (!block.body().blocks().isEmpty()) {
            throw block.body().blocks().getFirst().at().error("Unsupported block type; A target has attributes alone");
        }
        definition.target(name, target, inherits);
    }

    private static void read(BakeTarget target, HclBody.Attribute attribute, @Nullable Object value) {
        BakeTarget.Attribute known = BakeTarget.Attribute.of(attribute.name());
        if (known == null) {
            throw attribute
                    .at()
                    .error("Unsupported argument; An argument named \"" + attribute.name()
                            + "\" is not expected here.");
        }
        if (value != null) {
            target.add(known, converted(known, value));
        }
    }

    static Object converted(BakeTarget.Attribute attribute, Object value) {
        return switch (attribute.kind()) {
            case TEXT -> HclValues.text(value);
            case TRUTH ->
                value instanceof java.math.BigDecimal number ? number.signum() != 0 : (Object) HclValues.truth(value);
            case MAP -> {
                Map<String, Object> map = new TreeMap<>();
                HclValues.map(value).forEach((key, each) -> {
                    if (each != null) {
                        map.put(key, HclValues.text(each));
                    }
                });
                yield map;
            }
            case TEXTS, MORE_TEXTS -> {
                var texts = new java.util.LinkedHashSet<String>();
                HclValues.list(value).stream()
                        .filter(java.util.Objects::nonNull)
                        .forEach(each -> {
                            String text = HclValues.text(each);
                            if (!text.isEmpty()) {
                                texts.add(text);
                            }
                        });
                yield new ArrayList<>(texts);
            }
            case FIELDS, MORE_FIELDS -> {
                List<Map<String, Object>> all = new ArrayList<>();
                HclValues.list(value).stream()
                        .filter(each -> each != null && !each.equals(""))
                        .forEach(each -> BakeFields.put(attribute, all, BakeFields.of(attribute, each)));
                yield all;
            }
        };
    }
}
