package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Evaluates expressions. What is wrong shows its place. The work that a hostile file may cause is bounded. */
final class HclEvaluation {
    private static final int MOST_STEPS = 2_000_000;
    private static final long MOST_TEXT = 64 << 20;
    private static final MathContext PRECISION = new MathContext(154);

    private final HclScope scope;
    private final @Nullable Object each;
    private final Budget budget;

    /** How much may still be done, by all evaluations of one run. */
    static final class Budget {
        private int steps;
        private long text;

        void step(HclSource.Place at) {
            if (++steps > MOST_STEPS) {
                throw at.error("more than " + MOST_STEPS + " steps");
            }
        }

        void text(HclSource.Place at, int length) {
            text += length;
            if (text > MOST_TEXT) {
                throw at.error("more than " + (MOST_TEXT >> 20) + " MiB of text");
            }
        }
    }

    HclEvaluation(HclScope scope, Budget budget) {
        this(scope, null, budget);
    }

    private HclEvaluation(HclScope scope, @Nullable Object each, Budget budget) {
        this.scope = requireNonNull(scope, "scope");
        this.each = each;
        this.budget = requireNonNull(budget, "budget");
    }

    private HclEvaluation within(Map<String, @Nullable Object> names) {
        return new HclEvaluation(scope.with(names), each, budget);
    }

    @Nullable
    Object of(HclExpression expression) {
        budget.step(expression.at());
        try {
            return value(expression);
        } catch (HclValues.Unsuitable | HclScope.Unknown wrong) {
            throw expression.at().error(String.valueOf(wrong.getMessage()));
        } catch (ArithmeticException | IndexOutOfBoundsException wrong) {
            throw expression.at().error("Invalid operand; " + wrong.getMessage());
        }
    }

    private @Nullable Object value(HclExpression expression) {
        return switch (expression) {
            case HclExpression.Constant constant -> constant.value();
            case HclExpression.Template template -> template(template);
            case HclExpression.Name name -> scope.value(name.name());
            case HclExpression.Each here -> each;
            case HclExpression.Attribute attribute -> attribute(of(attribute.of()), attribute.name());
            case HclExpression.Index index -> index(of(index.of()), of(index.key()));
            case HclExpression.Splat splat -> splat(splat);
            case HclExpression.Call call -> call(call);
            case HclExpression.Unary unary ->
                unary.operator() == '!'
                        ? (Object) !HclValues.truth(of(unary.operand()))
                        : HclValues.number(of(unary.operand())).negate();
            case HclExpression.Binary binary -> binary(binary);
            case HclExpression.Conditional conditional ->
                of(HclValues.truth(of(conditional.condition())) ? conditional.then() : conditional.otherwise());
            case HclExpression.Tuple tuple -> {
                List<@Nullable Object> all = new ArrayList<>();
                tuple.elements().forEach(element -> all.add(of(element)));
                yield all;
            }
            case HclExpression.ObjectOf object -> {
                Map<String, @Nullable Object> all = new TreeMap<>();
                object.entries().forEach(entry -> all.put(HclValues.text(of(entry.key())), of(entry.value())));
                yield all;
            }
            case HclExpression.For loop -> loop(loop);
        };
    }

    private @Nullable Object template(HclExpression.Template template) {
        if (template.parts().size() == 1 && !(template.parts().getFirst() instanceof HclExpression.Constant)) {
            return of(template.parts().getFirst());
        }
        var text = new StringBuilder();
        for (HclExpression part : template.parts()) {
            Object value = of(part);
            if (value == null) {
                throw part.at()
                        .error("Invalid template interpolation value; The expression result is null. Cannot include a"
                                + " null value in a string template.");
            }
            String words = HclValues.text(value);
            budget.text(part.at(), words.length());
            text.append(words);
        }
        return text.toString();
    }

    static @Nullable Object attribute(@Nullable Object value, String name) {
        if (value instanceof HclScope.Lazy lazy) {
            if (!lazy.has(name)) {
                throw new HclValues.Unsuitable(
                        "Unsupported attribute; This object does not have an attribute named \"" + name + "\".");
            }
            return lazy.get(name);
        }
        if (!(value instanceof Map<?, ?> map)) {
            throw new HclValues.Unsuitable("Unsupported attribute; This value does not have any attributes.");
        }
        if (!map.containsKey(name)) {
            throw new HclValues.Unsuitable(
                    "Unsupported attribute; This object does not have an attribute named \"" + name + "\".");
        }
        return map.get(name);
    }

    static @Nullable Object index(@Nullable Object value, @Nullable Object key) {
        if (value instanceof List<?> list) {
            int at = HclValues.number(key).intValueExact();
            if (at < 0 || at >= list.size()) {
                throw new HclValues.Unsuitable(
                        "Invalid index; The given key does not identify an element in this collection value.");
            }
            return list.get(at);
        }
        if (value instanceof Map<?, ?> || value instanceof HclScope.Lazy) {
            return attribute(value, HclValues.text(key));
        }
        throw new HclValues.Unsuitable("Invalid index; This value does not have any indices.");
    }

    private List<@Nullable Object> splat(HclExpression.Splat splat) {
        Object over = of(splat.of());
        List<@Nullable Object> elements = over == null
                ? List.of()
                : over instanceof List<?> ? HclValues.list(over) : java.util.Collections.singletonList(over);
        List<@Nullable Object> all = new ArrayList<>();
        for (Object element : elements) {
            all.add(new HclEvaluation(scope, element, budget).of(splat.each()));
        }
        return all;
    }

    private @Nullable Object call(HclExpression.Call call) {
        if (call.name().equals("try") || call.name().equals("can")) {
            return attempt(call);
        }
        HclScope.Function function = scope.function(call.name());
        if (function == null) {
            throw call.at().error("Call to unknown function; There is no function named \"" + call.name() + "\".");
        }
        List<@Nullable Object> arguments = new ArrayList<>();
        for (int i = 0; i < call.arguments().size(); i++) {
            Object value = of(call.arguments().get(i));
            if (call.spread() && i == call.arguments().size() - 1) {
                arguments.addAll(HclValues.list(value));
            } else {
                arguments.add(value);
            }
        }
        try {
            Object result = function.of(arguments);
            if (result instanceof String text) {
                budget.text(call.at(), text.length());
            }
            return result;
        } catch (HclValues.Unsuitable wrong) {
            throw call.at()
                    .error("Error in function call; Call to function \"" + call.name() + "\" failed: "
                            + wrong.getMessage() + ".");
        }
    }

    private @Nullable Object attempt(HclExpression.Call call) {
        for (HclExpression argument : call.arguments()) {
            try {
                Object value = of(argument);
                return call.name().equals("can") ? (Object) true : value;
            } catch (CliException failed) {
                // The next one is tried.
            }
        }
        if (call.name().equals("can")) {
            return false;
        }
        throw call.at().error("Error in function call; Call to function \"try\" failed: no expression succeeded.");
    }

    private Object binary(HclExpression.Binary binary) {
        switch (binary.operator()) {
            case "&&" -> {
                return HclValues.truth(of(binary.left())) & HclValues.truth(of(binary.right()));
            }
            case "||" -> {
                return HclValues.truth(of(binary.left())) | HclValues.truth(of(binary.right()));
            }
            case "==" -> {
                return HclValues.equal(of(binary.left()), of(binary.right()));
            }
            case "!=" -> {
                return !HclValues.equal(of(binary.left()), of(binary.right()));
            }
            default -> {
                return arithmetic(
                        binary.operator(), HclValues.number(of(binary.left())), HclValues.number(of(binary.right())));
            }
        }
    }

    static Object arithmetic(String operator, BigDecimal left, BigDecimal right) {
        return switch (operator) {
            case "+" -> left.add(right, PRECISION);
            case "-" -> left.subtract(right, PRECISION);
            case "*" -> left.multiply(right, PRECISION);
            case "/" -> {
                if (right.signum() == 0) {
                    throw new HclValues.Unsuitable("Division by zero");
                }
                yield left.divide(right, PRECISION);
            }
            case "%" -> {
                if (right.signum() == 0) {
                    throw new HclValues.Unsuitable("Division by zero");
                }
                yield left.remainder(right, PRECISION);
            }
            case "<" -> left.compareTo(right) < 0;
            case ">" -> left.compareTo(right) > 0;
            case "<=" -> left.compareTo(right) <= 0;
            case ">=" -> left.compareTo(right) >= 0;
            default -> throw new IllegalArgumentException(operator);
        };
    }

    private Object loop(HclExpression.For loop) {
        Object over = of(loop.over());
        Map<Object, @Nullable Object> pairs = new LinkedHashMap<>();
        if (over instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                pairs.put(BigDecimal.valueOf(i), list.get(i));
            }
        } else if (over instanceof Map<?, ?> || over instanceof HclScope.Lazy) {
            pairs.putAll(HclValues.map(over));
        } else {
            throw loop.over()
                    .at()
                    .error("Iteration over non-iterable value; A value of type " + HclValues.kind(over)
                            + " cannot be used as the collection in a 'for' expression.");
        }
        return loop.key() == null ? listed(loop, pairs) : keyed(loop, loop.key(), pairs);
    }

    private HclEvaluation turn(HclExpression.For loop, Object key, @Nullable Object value) {
        Map<String, @Nullable Object> names = new LinkedHashMap<>();
        if (loop.keyName() != null) {
            names.put(loop.keyName(), key);
        }
        names.put(loop.valueName(), value);
        return within(names);
    }

    private Object listed(HclExpression.For loop, Map<Object, @Nullable Object> pairs) {
        List<@Nullable Object> all = new ArrayList<>();
        var text = new StringBuilder();
        pairs.forEach((key, value) -> {
            HclEvaluation turn = turn(loop, key, value);
            if (loop.condition() == null || HclValues.truth(turn.of(loop.condition()))) {
                Object made = turn.of(loop.value());
                all.add(made);
                if (loop.text()) {
                    String words = HclValues.text(made);
                    budget.text(loop.at(), words.length());
                    text.append(words);
                }
            }
        });
        return loop.text() ? text.toString() : all;
    }

    private Object keyed(HclExpression.For loop, HclExpression keyExpression, Map<Object, @Nullable Object> pairs) {
        Map<String, @Nullable Object> all = new TreeMap<>();
        pairs.forEach((key, value) -> {
            HclEvaluation turn = turn(loop, key, value);
            if (loop.condition() != null && !HclValues.truth(turn.of(loop.condition()))) {
                return;
            }
            String name = HclValues.text(turn.of(keyExpression));
            Object made = turn.of(loop.value());
            if (loop.grouped()) {
                HclValues.list(all.computeIfAbsent(name, none -> new ArrayList<@Nullable Object>()))
                        .add(made);
            } else if (all.put(name, made) != null) {
                throw loop.at()
                        .error("Duplicate object key; Two different items produced the key \"" + name
                                + "\" in this 'for' expression.");
            }
        });
        return all;
    }
}
