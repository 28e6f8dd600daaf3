package dev.naru.engine;

import dev.naru.error.NaruException;

/**
 * One {@code --link}.
 *
 * @param container the other container's id or name
 * @param alias what it is called inside
 */
record Link(String container, String alias) {
    /**
     * Reads one.
     *
     * @throws NaruException INVALID with Docker's text
     */
    static Link parse(String text) {
        if (text.isEmpty()) {
            throw NaruException.invalid("empty string specified for links");
        }
        String[] parts = text.split(":", -1);
        if (parts.length > 2 || parts[0].isEmpty()) {
            throw NaruException.invalid("bad format for links: " + text);
        }
        String container = bare(parts[0]);
        if (parts.length == 1) {
            return new Link(container, container);
        }
        // What inspect shows of a link, /other:/this/alias, is taken as well.
        String alias = parts[1].substring(parts[1].lastIndexOf('/') + 1);
        if (alias.isEmpty() || alias.chars().anyMatch(Character::isWhitespace)) {
            throw NaruException.invalid("bad format for links: " + text);
        }
        return new Link(container, alias);
    }

    private static String bare(String name) {
        return name.startsWith("/") ? name.substring(1) : name;
    }
}
