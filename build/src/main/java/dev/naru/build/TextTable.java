package dev.naru.build;

import java.util.List;

/** Columns three spaces apart. */
final class TextTable {
    private TextTable() {}

    static String of(List<List<String>> rows) {
        var out = new StringBuilder();
        for (List<String> row : rows) {
            for (int column = 0; column < row.size(); column++) {
                int index = column;
                int width = rows.stream()
                        .filter(each -> each.size() > index + 1)
                        .mapToInt(each -> each.get(index).length())
                        .max()
                        .orElse(0);
                String cell = row.get(column);
                boolean last = column == row.size() - 1;
                out.append(cell).append(last ? "" : " ".repeat(width - cell.length() + 3));
            }
            out.append('\n');
        }
        return out.toString();
    }
}
