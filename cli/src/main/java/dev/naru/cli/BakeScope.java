package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The names of bake files: variables, which the environment may set, values, functions, and the blocks themselves. */
final class BakeScope implements HclScope {
    private final Map<String, Variable> variables = new TreeMap<>();
    private final Map<String, HclBody.Attribute> values = new LinkedHashMap<>();
    private final Map<String, HclBody.Block> functions = new LinkedHashMap<>();
    private final Map<String, Map<String, HclBody.Block>> blocks = new LinkedHashMap<>();
    private final Map<String, @Nullable Object> known = new HashMap<>();
    private final Set<String> underway = new LinkedHashSet<>();
    private final Map<String, String> environment;
    private final HclEvaluation.Budget budget = new HclEvaluation.Budget();
    private final HclEvaluation evaluation = new HclEvaluation(this, budget);

    /** A variable as its blocks define it. */
    record Variable(
            String name,
            HclSource.Place at,
            @Nullable HclExpression initial,
            @Nullable HclExpression type,
            String description,
            List<HclBody.Block> validations) {}

    /** @param environment what sets variables */
    BakeScope(Map<String, String> environment) {
        this.environment = requireNonNull(environment, "environment");
    }

    HclEvaluation evaluation() {
        return evaluation;
    }

    /** The same with more names. */
    HclEvaluation evaluation(Map<String, @Nullable Object> names) {
        return names.isEmpty() ? evaluation : new HclEvaluation(with(names), budget);
    }

    Map<String, Variable> variables() {
        return variables;
    }

    /** Takes what a file defines. */
    void add(HclBody file) {
        values.putAll(file.attributes());
        for (HclBody.Block block : file.blocks()) {
            String label = block.labels().isEmpty() ? "" : block.labels().getFirst();
            switch (block.type()) {
                case "variable" -> variable(label, block);
                case "function" -> functions.put(label, block);
                case "target", "group" -> {}
                default ->
                    throw block.at()
                            .error("Unsupported block type; Blocks of type \"" + block.type()
                                    + "\" are not expected here.");
            }
            if (block.labels().size() != 1) {
                throw block.at().error("Missing name for " + block.type() + "; Every block has one label, its name.");
            }
            blocks.computeIfAbsent(block.type(), type -> new LinkedHashMap<>()).put(label, block);
        }
    }

    private void variable(String name, HclBody.Block block) {
        HclBody body = block.body();
        body.attributes().forEach((key, attribute) -> {
            if (!List.of("default", "description", "type", "sensitive").contains(key)) {
                throw attribute
                        .at()
                        .error("Unsupported argument; An argument named \"" + key + "\" is not expected here.");
            }
        });
        HclExpression description = body.value("description");
        variables.put(
                name,
                new Variable(
                        name,
                        block.at(),
                        body.value("default"),
                        body.value("type"),
                        description == null ? "" : HclValues.text(evaluation.of(description)),
                        body.blocks().stream()
                                .filter(each -> each.type().equals("validation"))
                                .toList()));
    }

    @Override
    public @Nullable Object value(String name) {
        if (known.containsKey(name)) {
            return known.get(name);
        }
        Variable variable = variables.get(name);
        HclBody.Attribute value = values.get(name);
        if (variable == null && value == null) {
            return builtIn(name);
        }
        HclSource.Place at = variable == null ? requireNonNull(value).at() : variable.at();
        if (!underway.add(name)) {
            throw at.error("Variable cycle not allowed for " + name);
        }
        Object found = variable == null ? evaluation.of(requireNonNull(value).value()) : value(variable);
        underway.remove(name);
        known.put(name, found);
        return found;
    }

    private @Nullable Object builtIn(String name) {
        return switch (name) {
            case "BAKE_CMD_CONTEXT" -> "cwd://";
            case "BAKE_LOCAL_PLATFORM" -> BakePlatform.local();
            case "target", "group", "variable" -> new Blocks(name);
            default -> throw new Unknown(name);
        };
    }

    private @Nullable Object value(Variable variable) {
        String given = environment.get(variable.name());
        String json = environment.get(variable.name() + "_JSON");
        Object initial = variable.initial() == null ? null : evaluation.of(variable.initial());
        HclExpression type = variable.type();
        try {
            if (type != null) {
                return given != null
                        ? BakeTypes.given(type, given)
                        : json != null && !BakeTypes.isPrimitive(type)
                                ? BakeTypes.json(type, json)
                                : BakeTypes.fitted(type, initial);
            }
            if (given == null) {
                return variable.initial() == null ? "" : initial;
            }
            return switch (initial) {
                case Boolean truth -> truth(given);
                case java.math.BigDecimal number -> HclValues.number((Object) given);
                case List<?> list ->
                    throw new HclValues.Unsuitable(
                            "unsupported type tuple for variable " + variable.name() + ": give it a type");
                case Map<?, ?> map ->
                    throw new HclValues.Unsuitable(
                            "unsupported type object for variable " + variable.name() + ": give it a type");
                case null, default -> given;
            };
        } catch (HclValues.Unsuitable wrong) {
            throw variable.at()
                    .error("Invalid value; failed to convert variable \"" + variable.name() + "\": "
                            + wrong.getMessage());
        }
    }

    private static boolean truth(String text) {
        return switch (text) {
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default -> throw new HclValues.Unsuitable("failed to parse \"" + text + "\" as bool");
        };
    }

    /** Checks all variables against what they say must be true. */
    void validate() {
        for (Variable variable : variables.values()) {
            value(variable.name());
            for (HclBody.Block rule : variable.validations()) {
                HclExpression condition = rule.body().value("condition");
                HclExpression message = rule.body().value("error_message");
                if (condition == null || message == null) {
                    throw rule.at().error("Missing required argument; condition and error_message are required");
                }
                Object holds = evaluation.of(condition);
                if (!Boolean.TRUE.equals(holds)) {
                    throw condition.at().error("Validation failed", HclValues.text(evaluation.of(message)));
                }
            }
        }
    }

    @Override
    public @Nullable Function function(String name) {
        HclBody.Block own = functions.get(name);
        return own == null ? HclFunctions.find(name) : arguments -> call(name, own.body(), arguments);
    }

    private @Nullable Object call(String name, HclBody body, List<@Nullable Object> arguments) {
        List<String> parameters = names(body.value("params"));
        HclExpression rest = body.value("variadic_params");
        HclExpression result = body.value("result");
        if (result == null) {
            throw new HclValues.Unsuitable("it has no result");
        }
        HclFunctions.count(arguments, parameters.size(), rest == null ? parameters.size() : Integer.MAX_VALUE);
        Map<String, @Nullable Object> names = new LinkedHashMap<>();
        for (int i = 0; i < parameters.size(); i++) {
            names.put(parameters.get(i), arguments.get(i));
        }
        if (rest instanceof HclExpression.Name variadic) {
            names.put(variadic.name(), new ArrayList<>(arguments.subList(parameters.size(), arguments.size())));
        }
        if (!underway.add(name + "()")) {
            throw new HclValues.Unsuitable("function " + name + " calls itself");
        }
        Object value = evaluation(names).of(result);
        underway.remove(name + "()");
        return value;
    }

    private static List<String> names(@Nullable HclExpression list) {
        if (list == null) {
            return List.of();
        }
        if (!(list instanceof HclExpression.Tuple tuple)) {
            throw list.at().error("Invalid parameter list; Names between brackets are expected");
        }
        return tuple.elements().stream()
                .map(each -> {
                    if (each instanceof HclExpression.Name(HclSource.Place at, String name)) {
                        return name;
                    }
                    // In JSON, names are texts.
                    if (each instanceof HclExpression.Constant(HclSource.Place at, String name)) {
                        return name;
                    }
                    throw each.at().error("Invalid parameter; A name is expected");
                })
                .toList();
    }

    /** Blocks of one type by name, as {@code target.app.tags} knows them. */
    private final class Blocks implements Lazy {
        private final String type;

        Blocks(String type) {
            this.type = type;
        }

        private Map<String, HclBody.Block> all(String of) {
            return blocks.getOrDefault(of, Map.of());
        }

        @Override
        public boolean has(String name) {
            return all(type).containsKey(name);
        }

        @Override
        public Object get(String name) {
            return new Attributes(type + "." + name, requireNonNull(all(type).get(name)));
        }

        @Override
        public Map<String, @Nullable Object> all() {
            Map<String, @Nullable Object> everything = new TreeMap<>();
            all(type).keySet().forEach(name -> everything.put(name, get(name)));
            return everything;
        }
    }

    private final class Attributes implements Lazy {
        private final String name;
        private final HclBody.Block block;

        Attributes(String name, HclBody.Block block) {
            this.name = name;
            this.block = block;
        }

        @Override
        public boolean has(String attribute) {
            return block.body().value(attribute) != null;
        }

        @Override
        public @Nullable Object get(String attribute) {
            String path = name + "." + attribute;
            if (known.containsKey(path)) {
                return known.get(path);
            }
            if (!underway.add(path)) {
                throw block.at().error("Variable cycle not allowed for " + path);
            }
            Object value = evaluation.of(requireNonNull(block.body().value(attribute)));
            underway.remove(path);
            known.put(path, value);
            return value;
        }

        @Override
        public Map<String, @Nullable Object> all() {
            Map<String, @Nullable Object> everything = new TreeMap<>();
            block.body().attributes().keySet().forEach(attribute -> everything.put(attribute, get(attribute)));
            return everything;
        }
    }
}
