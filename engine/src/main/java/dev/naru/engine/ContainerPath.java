package dev.naru.engine;

import dev.naru.error.NaruException;
import java.util.ArrayList;
import java.util.List;

/**
 * A path in a container as a client gives it. A slash or {@code /.} at its end means the directory behind a link, and is
 * kept.
 *
 * @param absolute without {@code .}, {@code ..} and doubled slashes, except for what is kept at its end
 */
record ContainerPath(String absolute) {
    static ContainerPath of(String given) {
        if (given.isEmpty()) {
            throw NaruException.invalid("bad parameter: path cannot be empty");
        }
        if (given.indexOf('\0') >= 0) {
            throw NaruException.invalid("bad parameter: path has a NUL");
        }
        List<String> parts = new ArrayList<>();
        for (String part : given.split("/", -1)) {
            if (part.equals("..")) {
                if (!parts.isEmpty()) {
                    parts.removeLast();
                }
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        String clean = "/" + String.join("/", parts);
        String slash = clean.endsWith("/") ? "" : "/";
        if (given.endsWith("/.") || given.equals(".")) {
            return new ContainerPath(clean + slash + ".");
        }
        return new ContainerPath(given.endsWith("/") ? clean + slash : clean);
    }

    /** Whether a link at the end is followed. */
    boolean followed() {
        return absolute.endsWith("/") || absolute.endsWith("/.");
    }

    /** The directory that the last name is in. */
    String parent() {
        return absolute.substring(0, absolute.lastIndexOf('/') + 1);
    }

    /** The last name as it stands; empty after a slash. */
    String last() {
        return absolute.substring(absolute.lastIndexOf('/') + 1);
    }

    /** What archives and answers call it: the last name, {@code .}, or {@code /}. */
    String name() {
        String trimmed = absolute.replaceAll("/+$", "");
        return trimmed.isEmpty() ? "/" : trimmed.substring(trimmed.lastIndexOf('/') + 1);
    }
}
