package dev.naru.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The functions that build files may call, by the names that Docker's bake has for them. */
final class HclFunctions {
    private static final Map<String, HclScope.Function> ALL = all();

    private HclFunctions() {}

    static HclScope.@Nullable Function find(String name) {
        return ALL.get(name);
    }

    private static Map<String, HclScope.Function> all() {
        Map<String, HclScope.Function> all = new HashMap<>();
        HclNumberFunctions.add(all);
        HclTextFunctions.add(all);
        HclListFunctions.add(all);
        HclCodeFunctions.add(all);
        HclNetworkFunctions.add(all);
        return Map.copyOf(all);
    }

    /** Checks how many there are. */
    static void count(List<@Nullable Object> arguments, int least, int most) {
        if (arguments.size() < least || arguments.size() > most) {
            throw new HclValues.Unsuitable(
                    least == most
                            ? least + " arguments are expected"
                            : arguments.size() < least
                                    ? "at least " + least + " arguments are expected"
                                    : "at most " + most + " arguments are expected");
        }
    }

    static String text(List<@Nullable Object> arguments, int at) {
        return HclValues.text(arguments.get(at));
    }

    static int integer(List<@Nullable Object> arguments, int at) {
        try {
            return HclValues.number(arguments.get(at)).intValueExact();
        } catch (ArithmeticException fraction) {
            throw new HclValues.Unsuitable("a whole number is required");
        }
    }
}
