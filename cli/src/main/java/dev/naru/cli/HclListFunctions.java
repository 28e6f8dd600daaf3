package dev.naru.cli;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Functions of lists and maps. */
final class HclListFunctions {
    private static final int MOST = 100_000;

    private HclListFunctions() {}

    static void add(Map<String, HclScope.Function> all) {
        all.put("length", arguments -> {
            HclFunctions.count(arguments, 1, 1);
            Object value = arguments.getFirst();
            int size = value instanceof Map<?, ?> map
                    ? map.size()
                    : HclValues.list(value).size();
            return BigDecimal.valueOf(size);
        });
        all.put("coalesce", arguments -> arguments.stream()
                .filter(java.util.Objects::nonNull)
                .findFirst()
                .orElseThrow(() -> new HclValues.Unsuitable("no non-null arguments")));
        all.put("coalescelist", arguments -> arguments.stream()
                .filter(each -> each instanceof List<?> list && !list.isEmpty())
                .findFirst()
                .orElseThrow(() -> new HclValues.Unsuitable("no non-null arguments")));
        all.put("compact", arguments -> only(arguments).stream()
                .filter(each -> each != null && !each.equals(""))
                .toList());
        all.put("concat", arguments -> {
            List<@Nullable Object> joined = new ArrayList<>();
            arguments.forEach(each -> joined.addAll(HclValues.list(each)));
            return bounded(joined);
        });
        all.put("contains", arguments -> {
            HclFunctions.count(arguments, 2, 2);
            return has(HclValues.list(arguments.get(0)), arguments.get(1));
        });
        all.put("sethaselement", arguments -> {
            HclFunctions.count(arguments, 2, 2);
            return has(HclValues.list(arguments.get(0)), arguments.get(1));
        });
        all.put("distinct", arguments -> distinct(only(arguments)));
        all.put("chunklist", HclListFunctions::chunks);
        all.put("flatten", arguments -> {
            List<@Nullable Object> flat = new ArrayList<>();
            flatten(only(arguments), flat);
            return flat;
        });
        all.put("element", arguments -> {
            HclFunctions.count(arguments, 2, 2);
            List<@Nullable Object> list = HclValues.list(arguments.get(0));
            if (list.isEmpty()) {
                throw new HclValues.Unsuitable("cannot use element function with an empty list");
            }
            return list.get(Math.floorMod(HclFunctions.integer(arguments, 1), list.size()));
        });
        all.put("index", arguments -> {
            HclFunctions.count(arguments, 2, 2);
            return HclEvaluation.index(arguments.get(0), arguments.get(1));
        });
        all.put("hasindex", arguments -> {
            HclFunctions.count(arguments, 2, 2);
            return arguments.get(0) instanceof Map<?, ?> map
                    ? map.containsKey(HclValues.text(arguments.get(1)))
                    : within(HclValues.list(arguments.get(0)), arguments.get(1));
        });
        all.put("indexof", arguments -> {
            HclFunctions.count(arguments, 2, 2);
            List<@Nullable Object> list = HclValues.list(arguments.get(0));
            for (int i = 0; i < list.size(); i++) {
                if (HclValues.equal(list.get(i), arguments.get(1))) {
                    return BigDecimal.valueOf(i);
                }
            }
            throw new HclValues.Unsuitable("item not found");
        });
        all.put(
                "keys",
                arguments -> new ArrayList<>(HclValues.map(first(arguments)).keySet()));
        all.put(
                "values",
                arguments -> new ArrayList<>(HclValues.map(first(arguments)).values()));
        all.put("lookup", arguments -> {
            HclFunctions.count(arguments, 3, 3);
            Map<String, @Nullable Object> map = HclValues.map(arguments.get(0));
            String key = HclFunctions.text(arguments, 1);
            return map.containsKey(key) ? map.get(key) : arguments.get(2);
        });
        all.put("merge", arguments -> {
            Map<String, @Nullable Object> merged = new TreeMap<>();
            arguments.stream().filter(java.util.Objects::nonNull).forEach(each -> merged.putAll(HclValues.map(each)));
            return merged;
        });
        all.put("reverselist", arguments -> {
            List<@Nullable Object> turned = new ArrayList<>(only(arguments));
            Collections.reverse(turned);
            return turned;
        });
        all.put("slice", HclListFunctions::slice);
        all.put(
                "sort",
                arguments ->
                        only(arguments).stream().map(HclValues::text).sorted().toList());
        all.put("zipmap", HclListFunctions::zip);
        all.put("setproduct", HclListFunctions::product);
        all.put("setunion", arguments -> sorted(distinct(HclValues.list(HclListFunctions.joined(arguments)))));
        all.put(
                "setintersection",
                arguments -> sorted(distinct(only(arguments.subList(0, 1)).stream()
                        .filter(each -> arguments.stream().allMatch(list -> has(HclValues.list(list), each)))
                        .toList())));
        all.put("setsubtract", arguments -> {
            HclFunctions.count(arguments, 2, 2);
            return sorted(distinct(HclValues.list(arguments.get(0)).stream()
                    .filter(each -> !has(HclValues.list(arguments.get(1)), each))
                    .toList()));
        });
        all.put(
                "setsymmetricdifference",
                arguments -> sorted(distinct(HclValues.list(joined(arguments)).stream()
                        .filter(each -> arguments.stream()
                                                .filter(list -> has(HclValues.list(list), each))
                                                .count()
                                        % 2
                                == 1)
                        .toList())));
    }

    private static @Nullable Object first(List<@Nullable Object> arguments) {
        HclFunctions.count(arguments, 1, 1);
        return arguments.getFirst();
    }

    private static List<@Nullable Object> only(List<@Nullable Object> arguments) {
        return HclValues.list(first(arguments));
    }

    private static List<@Nullable Object> bounded(List<@Nullable Object> list) {
        if (list.size() > MOST) {
            throw new HclValues.Unsuitable("more than " + MOST + " elements");
        }
        return list;
    }

    private static Object joined(List<@Nullable Object> arguments) {
        List<@Nullable Object> joined = new ArrayList<>();
        arguments.forEach(each -> joined.addAll(HclValues.list(each)));
        return joined;
    }

    private static boolean has(List<@Nullable Object> list, @Nullable Object value) {
        return list.stream().anyMatch(each -> HclValues.equal(each, value));
    }

    private static boolean within(List<@Nullable Object> list, @Nullable Object index) {
        return index instanceof BigDecimal number
                && number.signum() >= 0
                && number.compareTo(BigDecimal.valueOf(list.size())) < 0;
    }

    private static List<@Nullable Object> distinct(List<@Nullable Object> list) {
        List<@Nullable Object> once = new ArrayList<>();
        if (list.stream().allMatch(each -> each instanceof String)) {
            return new ArrayList<>(new java.util.LinkedHashSet<>(list));
        }
        if (list.size() > 5000) {
            throw new HclValues.Unsuitable("more than 5000 elements");
        }
        for (Object each : list) {
            if (!has(once, each)) {
                once.add(each);
            }
        }
        return once;
    }

    /** Sets have their elements in order. */
    private static List<@Nullable Object> sorted(List<@Nullable Object> list) {
        List<@Nullable Object> ordered = new ArrayList<>(list);
        if (ordered.stream().allMatch(each -> each instanceof String)) {
            ordered.sort((one, other) -> String.valueOf(one).compareTo(String.valueOf(other)));
        } else if (ordered.stream().allMatch(each -> each instanceof BigDecimal)) {
            ordered.sort((one, other) -> HclValues.number(one).compareTo(HclValues.number(other)));
        }
        return ordered;
    }

    private static void flatten(List<@Nullable Object> list, List<@Nullable Object> flat) {
        for (Object each : list) {
            if (each instanceof List<?>) {
                flatten(HclValues.list(each), flat);
            } else {
                flat.add(each);
            }
        }
        bounded(flat);
    }

    private static Object chunks(List<@Nullable Object> arguments) {
        HclFunctions.count(arguments, 2, 2);
        List<@Nullable Object> list = HclValues.list(arguments.get(0));
        int size = HclFunctions.integer(arguments, 1);
        if (size < 0) {
            throw new HclValues.Unsuitable("the size argument must be positive");
        }
        List<@Nullable Object> chunks = new ArrayList<>();
        for (int i = 0; i < list.size(); i += size == 0 ? list.size() : size) {
            chunks.add(new ArrayList<>(list.subList(i, size == 0 ? list.size() : Math.min(list.size(), i + size))));
        }
        return chunks;
    }

    private static Object slice(List<@Nullable Object> arguments) {
        HclFunctions.count(arguments, 3, 3);
        List<@Nullable Object> list = HclValues.list(arguments.get(0));
        int from = HclFunctions.integer(arguments, 1);
        int to = HclFunctions.integer(arguments, 2);
        if (from < 0 || to > list.size() || from > to) {
            throw new HclValues.Unsuitable("start and end must be within the list, in order");
        }
        return new ArrayList<>(list.subList(from, to));
    }

    private static Object zip(List<@Nullable Object> arguments) {
        HclFunctions.count(arguments, 2, 2);
        List<@Nullable Object> keys = HclValues.list(arguments.get(0));
        List<@Nullable Object> values = HclValues.list(arguments.get(1));
        if (keys.size() != values.size()) {
            throw new HclValues.Unsuitable(
                    "number of keys (" + keys.size() + ") does not match number of values (" + values.size() + ")");
        }
        Map<String, @Nullable Object> map = new TreeMap<>();
        for (int i = 0; i < keys.size(); i++) {
            map.put(HclValues.text(keys.get(i)), values.get(i));
        }
        return map;
    }

    private static Object product(List<@Nullable Object> arguments) {
        HclFunctions.count(arguments, 2, Integer.MAX_VALUE);
        List<List<@Nullable Object>> rows = new ArrayList<>(List.of(new ArrayList<>()));
        for (Object each : arguments) {
            List<List<@Nullable Object>> longer = new ArrayList<>();
            for (List<@Nullable Object> row : rows) {
                for (Object value : HclValues.list(each)) {
                    List<@Nullable Object> with = new ArrayList<>(row);
                    with.add(value);
                    longer.add(with);
                    if (longer.size() > MOST) {
                        throw new HclValues.Unsuitable("more than " + MOST + " elements");
                    }
                }
            }
            rows = longer;
        }
        return new ArrayList<Object>(rows);
    }
}
