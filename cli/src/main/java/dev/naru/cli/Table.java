package dev.naru.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Columns as wide as they must be: at least ten characters, three of them space. */
final class Table {
    private final List<String[]> rows = new ArrayList<>();

    void row(String... cells) {
        rows.add(cells);
    }

    void print(PrintStream out) {
        var widths = new ArrayList<Integer>();
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                int width = Math.max(10, row[i].codePointCount(0, row[i].length()) + 3);
                if (i == widths.size()) {
                    widths.add(width);
                } else {
                    widths.set(i, Math.max(widths.get(i), width));
                }
            }
        }
        var text = new StringBuilder();
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                text.append(row[i]);
                if (i < row.length - 1) {
                    text.repeat(' ', widths.get(i) - row[i].codePointCount(0, row[i].length()));
                }
            }
            text.append('\n');
        }
        out.print(text);
    }
}
