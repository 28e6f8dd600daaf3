package dev.naru.build;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds what a misspelled word was meant to be. */
final class Suggestion {
    private static final int LIMIT = 64;

    private Suggestion() {}

    /** {@code " (did you mean X?)"}, or nothing. */
    static String of(String word, Collection<String> known, String prefix) {
        String near = nearest(word, known);
        return near == null ? "" : " (did you mean " + prefix + near + "?)";
    }

    static @Nullable String nearest(String word, Collection<String> known) {
        if (word.length() > LIMIT) {
            return null;
        }
        String best = null;
        int least = 3;
        for (String each : known) {
            if (each.length() > LIMIT || Math.abs(each.length() - word.length()) >= least) {
                continue;
            }
            int distance = distance(word.toLowerCase(Locale.ROOT), each.toLowerCase(Locale.ROOT));
            if (distance < least) {
                least = distance;
                best = each;
            }
        }
        return best;
    }

    private static int distance(String one, String two) {
        int[] row = new int[two.length() + 1];
        for (int column = 0; column <= two.length(); column++) {
            row[column] = column;
        }
        for (int line = 1; line <= one.length(); line++) {
            int diagonal = row[0];
            row[0] = line;
            for (int column = 1; column <= two.length(); column++) {
                int change = diagonal + (one.charAt(line - 1) == two.charAt(column - 1) ? 0 : 1);
                diagonal = row[column];
                row[column] = Math.min(change, Math.min(row[column], row[column - 1]) + 1);
            }
        }
        return row[two.length()];
    }
}
