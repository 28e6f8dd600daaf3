package dev.naru.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** {@code naru bake --list}: the targets and the variables of a bake file. */
final class BakeListing {
    private BakeListing() {}

    static int show(String what, BakeDefinition definition, BakeScope scope, PrintStream out) {
        String type = what;
        String format = "table";
        if (what.contains("=")) {
            for (String field : Csv.split(what)) {
                if (field.startsWith("type=")) {
                    type = field.substring("type=".length());
                } else if (field.startsWith("format=")) {
                    format = field.substring("format=".length());
                } else {
                    throw new CliException("invalid value " + field + " of --list");
                }
            }
        }
        boolean json = format.equals("json");
        if (!json && !format.equals("table")) {
            throw new CliException("invalid list format " + format + ": use table or json");
        }
        List<Map<String, @Nullable Object>> rows =
                switch (type) {
                    case "targets" -> targets(definition);
                    case "variables" -> variables(scope);
                    default -> throw new CliException("invalid list type " + type + ": use targets or variables");
                };
        if (json) {
            out.println(JsonText.pretty(rows, "  "));
        } else if (type.equals("targets")) {
            table(out, List.of("TARGET", "DESCRIPTION"), rows, List.of("name", "description"));
        } else {
            table(
                    out,
                    List.of("VARIABLE", "TYPE", "VALUE", "DESCRIPTION"),
                    rows,
                    List.of("name", "type", "value", "description"));
        }
        return 0;
    }

    private static void table(
            PrintStream out, List<String> heads, List<Map<String, @Nullable Object>> rows, List<String> fields) {
        out.println(String.join("\t", heads));
        rows.forEach(row -> out.println(String.join(
                "\t",
                fields.stream()
                        .map(field -> row.containsKey(field)
                                ? String.valueOf(row.get(field))
                                : field.equals("value") ? "<null>" : "")
                        .toList())));
    }

    private static List<Map<String, @Nullable Object>> targets(BakeDefinition definition) {
        var names = new TreeSet<>(definition.targets().keySet());
        names.addAll(definition.groups().keySet());
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (String name : names) {
            if (name.startsWith("_")) {
                continue;
            }
            Map<String, @Nullable Object> row = new LinkedHashMap<>();
            row.put("name", name);
            BakeDefinition.Group group = definition.groups().get(name);
            if (group != null) {
                String members =
                        String.join(", ", group.targets().stream().sorted().toList());
                row.put(
                        "description",
                        group.description().isEmpty() ? members : group.description() + " (" + members + ")");
                row.put("group", true);
            } else {
                String description = description(definition, name, 0);
                if (!description.isEmpty()) {
                    row.put("description", description);
                }
            }
            rows.add(row);
        }
        return rows;
    }

    private static String description(BakeDefinition definition, String name, int depth) {
        BakeDefinition.Target target = definition.targets().get(name);
        if (target == null || depth > 100) {
            return "";
        }
        String own = target.own().text(BakeTarget.Attribute.DESCRIPTION);
        for (int i = target.inherits().size() - 1; i >= 0 && own.isEmpty(); i--) {
            own = description(definition, target.inherits().get(i), depth + 1);
        }
        return own;
    }

    private static List<Map<String, @Nullable Object>> variables(BakeScope scope) {
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        scope.variables().forEach((name, variable) -> {
            Map<String, @Nullable Object> row = new LinkedHashMap<>();
            row.put("name", name);
            if (!variable.description().isEmpty()) {
                row.put("description", variable.description());
            }
            if (variable.type() != null) {
                row.put("type", BakeTypes.text(variable.type()));
            }
            Object value = scope.value(name);
            if (value != null) {
                row.put(
                        "value",
                        value instanceof List<?> || value instanceof Map<?, ?>
                                ? HclValues.json(value)
                                : HclValues.text(value));
            }
            rows.add(row);
        });
        return rows;
    }
}
