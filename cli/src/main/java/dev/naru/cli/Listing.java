package dev.naru.cli;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Prints rows as Docker's listings do: a table with headings, or {@code --format} with {@code table}, {@code json} or a
 * template. A row maps the names of template fields to their values.
 */
final class Listing {
    /** A field that is looked up with a key: {@code {{.Label "key"}}}. */
    static final String LABEL = "Label";

    private final Map<String, String> headings;
    private String standard;

    /**
     * @param headings the column's heading for each field
     * @param standard the template of the ordinary table
     */
    Listing(Map<String, String> headings, String standard) {
        this.headings = new LinkedHashMap<>(headings);
        this.headings.put(LABEL, "");
        this.standard = standard;
    }

    /** A listing whose first field is this. */
    static Listing of(String field, String heading) {
        return new Listing(Map.of(field, heading), "");
    }

    Listing column(String field, String heading) {
        headings.put(field, heading);
        return this;
    }

    /** Sets the template of the ordinary table. */
    Listing table(String template) {
        standard = template;
        return this;
    }

    /** Adds the labels to a row, whole and for {@code .Label "key"}. */
    static void labels(Map<String, @Nullable Object> row, @Nullable Object labels) {
        row.put("Labels", labels(labels));
        row.put(LABEL, Json.object(labels));
    }

    private static String labels(@Nullable Object labels) {
        var text = new StringBuilder();
        new TreeMap<>(Json.object(labels)).forEach((key, value) -> text.append(text.isEmpty() ? "" : ",")
                .append(key)
                .append('=')
                .append(value));
        return text.toString();
    }

    void print(PrintStream out, @Nullable String format, List<Map<String, @Nullable Object>> rows) {
        String template = format == null || format.isEmpty() || format.equals("table") ? "table " + standard : format;
        if (template.equals("json")) {
            rows.forEach(row -> out.println(json(row)));
            return;
        }
        boolean table = template.startsWith("table");
        String text = table ? template.substring(5).strip() : template;
        Template parsed = parse(text.replace("\\t", "\t").replace("\\n", "\n"));
        // Tells of a field that does not exist even when there is no row.
        String titles = apply(parsed, headings);
        if (!table) {
            rows.forEach(row -> out.println(apply(parsed, row)));
            return;
        }
        var cells = new Table();
        cells.row(titles.split("\t", -1));
        for (Map<String, @Nullable Object> row : rows) {
            cells.row(apply(parsed, row).split("\t", -1));
        }
        cells.print(out);
    }

    private static String json(Map<String, @Nullable Object> row) {
        var sorted = new TreeMap<>(row);
        sorted.remove(LABEL);
        return JsonText.compact(sorted);
    }

    private static Template parse(String text) {
        try {
            return Template.parse(text);
        } catch (TemplateException e) {
            throw new CliException("failed to parse template: template: :1: " + e.getMessage());
        }
    }

    private static String apply(Template template, Object row) {
        try {
            return template.apply(row);
        } catch (TemplateException e) {
            throw new CliException("failed to execute template: template: :1: " + e.getMessage());
        }
    }
}
