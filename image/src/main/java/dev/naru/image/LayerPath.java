package dev.naru.image;

import dev.naru.error.NaruException;
import dev.naru.linux.FileCalls;
import java.util.ArrayList;

/**
 * A tar entry's name as a path below the layer's root, without dots and doubled slashes; empty for the root.
 *
 * @param parent the path of the directory
 * @param name the last component
 */
record LayerPath(String parent, String name) {
    /**
     * Reads a name as entries have it.
     *
     * @throws NaruException INVALID when it leads out of the root
     */
    static LayerPath of(String entry) {
        if (isClean(entry)) {
            return split(entry);
        }
        var components = new ArrayList<String>();
        for (String component : entry.split("/", -1)) {
            if (component.equals("..")) {
                if (components.isEmpty()) {
                    throw NaruException.invalid(
                            "invalid tar archive: the name \"" + FileCalls.text(entry) + "\" leads out of its root");
                }
                components.removeLast();
            } else if (component.indexOf('\0') >= 0) {
                throw NaruException.invalid("invalid tar archive: a name has a NUL");
            } else if (!component.isEmpty() && !component.equals(".")) {
                components.add(component);
            }
        }
        return split(String.join("/", components));
    }

    /** Most names are: they are taken as they are. */
    private static boolean isClean(String entry) {
        int length = entry.length();
        if (length == 0 || entry.charAt(length - 1) == '/') {
            return false;
        }
        char last = '/';
        for (int i = 0; i < length; i++) {
            char c = entry.charAt(i);
            if (c == 0 || (last == '/' && (c == '/' || c == '.'))) {
                return false;
            }
            last = c;
        }
        return true;
    }

    private static LayerPath split(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? new LayerPath("", path) : new LayerPath(path.substring(0, slash), path.substring(slash + 1));
    }

    boolean isRoot() {
        return name.isEmpty();
    }

    String path() {
        return parent.isEmpty() ? name : parent + "/" + name;
    }
}
