package dev.naru.cli;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/** Functions of numbers and truths. */
final class HclNumberFunctions {
    private static final int MOST_ELEMENTS = 1024;

    private HclNumberFunctions() {}

    static void add(Map<String, HclScope.Function> all) {
        unary(all, "absolute", BigDecimal::abs);
        unary(all, "ceil", number -> number.setScale(0, RoundingMode.CEILING));
        unary(all, "floor", number -> number.setScale(0, RoundingMode.FLOOR));
        unary(all, "int", number -> number.setScale(0, RoundingMode.DOWN));
        unary(all, "negate", BigDecimal::negate);
        unary(all, "signum", number -> BigDecimal.valueOf(number.signum()));
        Map.of("add", "+", "subtract", "-", "multiply", "*", "divide", "/", "modulo", "%")
                .forEach((name, operator) -> binary(all, name, operator));
        Map.of("greaterthan", ">", "greaterthanorequalto", ">=", "lessthan", "<", "lessthanorequalto", "<=")
                .forEach((name, operator) -> binary(all, name, operator));
        reduce(all, "max", BigDecimal::max);
        reduce(all, "min", BigDecimal::min);
        all.put("pow", arguments -> {
            HclFunctions.count(arguments, 2, 2);
            return real(Math.pow(
                    HclValues.number(arguments.get(0)).doubleValue(),
                    HclValues.number(arguments.get(1)).doubleValue()));
        });
        all.put("log", arguments -> {
            HclFunctions.count(arguments, 2, 2);
            return real(Math.log(HclValues.number(arguments.get(0)).doubleValue())
                    / Math.log(HclValues.number(arguments.get(1)).doubleValue()));
        });
        all.put("parseint", HclNumberFunctions::parse);
        all.put("range", HclNumberFunctions::range);
        all.put("and", arguments -> {
            HclFunctions.count(arguments, 2, 2);
            return HclValues.truth(arguments.get(0)) & HclValues.truth(arguments.get(1));
        });
        all.put("or", arguments -> {
            HclFunctions.count(arguments, 2, 2);
            return HclValues.truth(arguments.get(0)) | HclValues.truth(arguments.get(1));
        });
        all.put("not", arguments -> {
            HclFunctions.count(arguments, 1, 1);
            return !HclValues.truth(arguments.getFirst());
        });
        all.put("equal", arguments -> {
            HclFunctions.count(arguments, 2, 2);
            return HclValues.equal(arguments.get(0), arguments.get(1));
        });
        all.put("notequal", arguments -> {
            HclFunctions.count(arguments, 2, 2);
            return !HclValues.equal(arguments.get(0), arguments.get(1));
        });
    }

    private static BigDecimal real(double number) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            throw new HclValues.Unsuitable("the result is no number");
        }
        return BigDecimal.valueOf(number);
    }

    private static void unary(Map<String, HclScope.Function> all, String name, UnaryOperator<BigDecimal> function) {
        all.put(name, arguments -> {
            HclFunctions.count(arguments, 1, 1);
            return function.apply(HclValues.number(arguments.getFirst()));
        });
    }

    private static void binary(Map<String, HclScope.Function> all, String name, String operator) {
        all.put(name, arguments -> {
            HclFunctions.count(arguments, 2, 2);
            return HclEvaluation.arithmetic(
                    operator, HclValues.number(arguments.get(0)), HclValues.number(arguments.get(1)));
        });
    }

    private static void reduce(Map<String, HclScope.Function> all, String name, BinaryOperator<BigDecimal> function) {
        all.put(name, arguments -> arguments.stream()
                .map(HclValues::number)
                .reduce(function)
                .orElseThrow(() -> new HclValues.Unsuitable("must pass at least one number")));
    }

    private static Object parse(List<?> arguments) {
        HclFunctions.count(new java.util.ArrayList<>(arguments), 2, 2);
        int base = HclValues.number(arguments.get(1)).intValueExact();
        try {
            String digits = HclValues.text(arguments.get(0));
            if (digits.length() > MOST_ELEMENTS) {
                throw new NumberFormatException();
            }
            return new BigDecimal(new BigInteger(digits, base));
        } catch (NumberFormatException malformed) {
            throw new HclValues.Unsuitable("cannot parse \"" + arguments.get(0) + "\" as a base " + base + " integer");
        }
    }

    private static Object range(List<?> given) {
        var arguments = given.stream().map(HclValues::number).toList();
        HclFunctions.count(new java.util.ArrayList<>(given), 1, 3);
        BigDecimal start = arguments.size() == 1 ? BigDecimal.ZERO : arguments.get(0);
        BigDecimal end = arguments.get(arguments.size() == 1 ? 0 : 1);
        BigDecimal step =
                arguments.size() == 3 ? arguments.get(2) : BigDecimal.valueOf(end.compareTo(start) < 0 ? -1 : 1);
        if (step.signum() == 0 || (step.signum() > 0) != (end.compareTo(start) >= 0)) {
            throw new HclValues.Unsuitable("the step leads away from the end");
        }
        List<Object> all = new java.util.ArrayList<>();
        for (BigDecimal at = start;
                step.signum() > 0 ? at.compareTo(end) < 0 : at.compareTo(end) > 0;
                at = at.add(step)) {
            if (all.size() == MOST_ELEMENTS) {
                throw new HclValues.Unsuitable("more than " + MOST_ELEMENTS + " values were generated");
            }
            all.add(at);
        }
        return all;
    }
}
