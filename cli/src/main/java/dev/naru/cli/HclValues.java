package dev.naru.cli;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The values of HashiCorp's configuration language as Java's: {@link String}, {@link BigDecimal}, {@link Boolean}, lists,
 * maps with keys in order, and null.
 */
final class HclValues {
    private static final int LONGEST_NUMBER = 1000;

    private HclValues() {}

    /** What a conversion says when there is none. */
    static final class Unsuitable extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unsuitable(String message) {
            super(message, null, false, false);
        }
    }

    static BigDecimal number(String text) {
        BigDecimal number = new BigDecimal(text);
        if (Math.abs((long) number.scale()) + number.precision() > LONGEST_NUMBER) {
            throw new NumberFormatException("too long");
        }
        return number;
    }

    static String kind(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case String text -> "string";
            case BigDecimal number -> "number";
            case Boolean truth -> "bool";
            case List<?> list -> "tuple";
            case Map<?, ?> map -> "object";
            default -> "dynamic";
        };
    }

    static String text(@Nullable Object value) {
        return switch (value) {
            case String text -> text;
            case Boolean truth -> truth.toString();
            case BigDecimal number -> plain(number);
            case null -> throw new Unsuitable("string required, but the value is null");
            default -> throw new Unsuitable("string required");
        };
    }

    static String plain(BigDecimal number) {
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }

    static BigDecimal number(@Nullable Object value) {
        return switch (value) {
            case BigDecimal number -> number;
            case String text -> {
                try {
                    yield number(text);
                } catch (NumberFormatException malformed) {
                    throw new Unsuitable("a number is required");
                }
            }
            case null, default -> throw new Unsuitable("a number is required");
        };
    }

    static boolean truth(@Nullable Object value) {
        return switch (value) {
            case Boolean truth -> truth;
            case String text when text.equals("true") || text.equals("1") -> true;
            case String text when text.equals("false") || text.equals("0") -> false;
            case null, default -> throw new Unsuitable("a bool is required");
        };
    }

    @SuppressWarnings("unchecked")
    static List<@Nullable Object> list(@Nullable Object value) {
        return switch (value) {
            case List<?> list -> (List<@Nullable Object>) list;
            case Map<?, ?> map -> new ArrayList<>(map.values());
            case null, default -> throw new Unsuitable("list required");
        };
    }

    @SuppressWarnings("unchecked")
    static Map<String, @Nullable Object> map(@Nullable Object value) {
        if (value instanceof HclScope.Lazy lazy) {
            return lazy.all();
        }
        if (value instanceof Map<?, ?> map) {
            return (Map<String, @Nullable Object>) map;
        }
        throw new Unsuitable("map required");
    }

    /** Whether two values are equal; a number equals only a number. */
    static boolean equal(@Nullable Object one, @Nullable Object other) {
        return switch (one) {
            case null -> other == null;
            case BigDecimal number -> other instanceof BigDecimal second && number.compareTo(second) == 0;
            case List<?> list -> {
                if (!(other instanceof List<?> second) || second.size() != list.size()) {
                    yield false;
                }
                for (int i = 0; i < list.size(); i++) {
                    if (!equal(list.get(i), second.get(i))) {
                        yield false;
                    }
                }
                yield true;
            }
            case Map<?, ?> map -> {
                if (!(other instanceof Map<?, ?> second) || !map.keySet().equals(second.keySet())) {
                    yield false;
                }
                yield map.entrySet().stream().allMatch(each -> equal(each.getValue(), second.get(each.getKey())));
            }
            default -> one.equals(other);
        };
    }

    /** From JSON's values. */
    static @Nullable Object of(@Nullable Object json) {
        return switch (json) {
            case Number number ->
                number(number instanceof Double real ? BigDecimal.valueOf(real).toString() : number.toString());
            case List<?> list -> {
                List<@Nullable Object> all = new ArrayList<>();
                list.forEach(each -> all.add(of(each)));
                yield all;
            }
            case Map<?, ?> map -> {
                Map<String, @Nullable Object> all = new java.util.TreeMap<>();
                map.forEach((key, value) -> all.put(String.valueOf(key), of(value)));
                yield all;
            }
            case null -> null;
            default -> json;
        };
    }

    /** As JSON, compact. */
    static String json(@Nullable Object value) {
        return JsonText.compact(plain(value));
    }

    private static @Nullable Object plain(@Nullable Object value) {
        return switch (value) {
            case BigDecimal number -> new Plain(plain(number));
            case List<?> list -> {
                List<@Nullable Object> all = new ArrayList<>();
                list.forEach(each -> all.add(plain(each)));
                yield all;
            }
            case Map<?, ?> map -> {
                Map<String, @Nullable Object> all = new LinkedHashMap<>();
                map.forEach((key, each) -> all.put(String.valueOf(key), plain(each)));
                yield all;
            }
            case null -> null;
            default -> value;
        };
    }

    /** Written without quotes. */
    private record Plain(String digits) {
        @Override
        public String toString() {
            return digits;
        }
    }
}
