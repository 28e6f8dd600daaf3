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
    private final Map<String, String> headings;
    private final String standard;

    /**
     * @param headings the column's heading for each field
     * @param standard the template of the ordinary table
     */
    Listing(Map<String, String> headings, String standard) {
        this.headings = new LinkedHashMap<>(headings);
        this.standard = standard;
    }

    void print(PrintStream out, @Nullable String format, List<Map<String, @Nullable Object>> rows) {
        String template = format == null || format.isEmpty() || format.equals("table") ? "table " + standard : format;
        if (template.equals("json")) {
            rows.forEach(row -> out.println(JsonText.compact(new TreeMap<>(row))));
            return;
        }
        boolean table = template.startsWith("table");
        String text = table ? template.substring(5).strip() : template;
        Template parsed = Templates.parse(text.replace("\\t", "\t").replace("\\n", "\n"));
        if (!table) {
            rows.forEach(row -> out.println(Templates.apply(parsed, row)));
            return;
        }
        var cells = new Table();
        cells.row(Templates.apply(parsed, headings).split("\t", -1));
        for (Map<String, @Nullable Object> row : rows) {
            cells.row(Templates.apply(parsed, row).split("\t", -1));
        }
        cells.print(out);
    }
}
