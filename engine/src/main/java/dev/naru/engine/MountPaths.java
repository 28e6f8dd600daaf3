package dev.naru.engine;

import dev.naru.error.NaruException;
import java.util.ArrayDeque;

/** Paths as text, without looking at any file. */
final class MountPaths {
    private MountPaths() {}

    /** Without empty parts, {@code .} and {@code ..}; what would lead above the root stays there. */
    static String clean(String path) {
        if (path.startsWith("/") && !path.contains("//") && !path.contains("/.") && !path.endsWith("/")) {
            return path;
        }
        var parts = new ArrayDeque<String>();
        for (String part : path.split("/", -1)) {
            if (part.equals("..")) {
                parts.pollLast();
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.addLast(part);
            }
        }
        return "/" + String.join("/", parts);
    }

    /**
     * A place in a container where something can be mounted.
     *
     * @throws NaruException INVALID when it is relative or the root
     */
    static String destination(String target) {
        if (!target.startsWith("/")) {
            throw NaruException.invalid("invalid mount path: '" + target + "' mount path must be absolute");
        }
        String clean = clean(target);
        if (clean.equals("/")) {
            throw NaruException.invalid("invalid specification: destination can't be '/'");
        }
        return clean;
    }

    /** How deep it is below the root. */
    static int depth(String path) {
        return (int) path.chars().filter(c -> c == '/').count();
    }
}
