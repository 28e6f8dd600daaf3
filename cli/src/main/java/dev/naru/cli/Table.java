package dev.naru.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Columns as wide as they must be, with three spaces between them. */
final class Table {
    private static final int USUAL = 10;

    private final List<String[]> rows = new ArrayList<>();
    private final int narrowest;

    Table() {
        this(USUAL);
    }

    /** @param narrowest characters of a column with its spaces */
    Table(int narrowest) {
        this.narrowest = narrowest;
    }

    void row(String... cells) {
        rows.add(cells);
    }

    void print(PrintStream out) {
        var widths = new ArrayList<Integer>();
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                int width = Math.max(narrowest, row[i].codePointCount(0, row[i].length()) + 3);
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
