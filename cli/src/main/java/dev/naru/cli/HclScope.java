package dev.naru.cli;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What names mean while an expression is evaluated. */
interface HclScope {
    /**
     * The value of a name.
     *
     * @throws HclScope.Unknown when there is none
     */
    @Nullable
    Object value(String name);

    /** A function, null when there is none. */
    @Nullable
    Function function(String name);

    /** Works on values. What is wrong with them is an {@link HclValues.Unsuitable}. */
    @FunctionalInterface
    interface Function {
        @Nullable
        Object of(List<@Nullable Object> arguments);
    }

    /** An object whose attributes are found when they are asked for. */
    interface Lazy {
        boolean has(String name);

        @Nullable
        Object get(String name);

        Map<String, @Nullable Object> all();
    }

    /** No such name. */
    final class Unknown extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unknown(String name) {
            super("Unknown variable; There is no variable named \"" + name + "\".", null, false, false);
        }
    }

    /** The same with more names. */
    default HclScope with(Map<String, @Nullable Object> names) {
        HclScope outer = this;
        return new HclScope() {
            @Override
            public @Nullable Object value(String name) {
                return names.containsKey(name) ? names.get(name) : outer.value(name);
            }

            @Override
            public @Nullable Function function(String name) {
                return outer.function(name);
            }
        };
    }
}
