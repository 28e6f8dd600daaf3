package dev.naru.build;

import java.util.Locale;

/** Comments directly above FROM and ARG that begin with the name they describe. */
final class Descriptions {
    private Descriptions() {}

    static boolean describes(Statement at, String name) {
        return !at.comments().isEmpty()
                && (at.comments().getLast().toLowerCase(Locale.ROOT) + " ")
                        .startsWith(name.toLowerCase(Locale.ROOT) + " ");
    }

    /** Without the name; empty when there is none. */
    static String of(Statement at, String name) {
        return describes(at, name)
                ? at.comments().getLast().substring(name.length()).strip()
                : "";
    }
}
