package dev.naru.image;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Errno;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileStatus;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The names of a layer in memory. Paths lead through symbolic links as they would with the layer as the root directory
 * (openat2(2), RESOLVE_IN_ROOT), so nothing is outside.
 */
final class ErofsTree {
    private static final int MOST_LINKS = 40;
    private static final int LONGEST_PATH = 4095;
    private static final int LONGEST_NAME = 255;

    private final ErofsNode root = ErofsNode.directory(null, "");
    private String lastPath = "";
    private ErofsNode last = root;
    private int files = 1;

    ErofsNode root() {
        return root;
    }

    /** How many files and directories it has had. */
    int files() {
        return files;
    }

    /** The directory at a path, made with those above when missing. */
    ErofsNode directory(String path) {
        if (path.isEmpty()) {
            return root;
        }
        if (!path.equals(lastPath)) {
            last = resolve(path, true);
            lastPath = path;
        }
        return last;
    }

    /** The directory at a path that must be there. */
    ErofsNode existing(String path) {
        return path.isEmpty() ? root : resolve(path, false);
    }

    private ErofsNode resolve(String path, boolean make) {
        if (path.length() > LONGEST_PATH) {
            throw refused(path, Errno.ENAMETOOLONG);
        }
        Deque<String> names = new ArrayDeque<>(List.of(path.split("/", -1)));
        // Names that a link has brought are not made when they are missing.
        int own = names.size();
        int links = 0;
        ErofsNode at = root;
        while (!names.isEmpty()) {
            String name = names.pop();
            boolean isOwn = names.size() < own;
            own = Math.min(own, names.size());
            if (name.isEmpty() || name.equals(".")) {
                continue;
            }
            if (name.equals("..")) {
                at = at.parent;
                continue;
            }
            ErofsNode next = at.children().get(name);
            if (next == null) {
                if (!make || !isOwn) {
                    throw refused(path, Errno.ENOENT);
                }
                next = ErofsNode.directory(at, name);
                add(at, name, next);
            }
            if (next.type == FileStatus.SYMBOLIC_LINK) {
                if (++links > MOST_LINKS) {
                    throw refused(path, Errno.ELOOP);
                }
                at = next.target.startsWith("/") ? root : at;
                List<String> through = List.of(next.target.split("/", -1));
                through.reversed().forEach(names::push);
            } else if (next.isDirectory()) {
                at = next;
            } else {
                throw refused(path, Errno.ENOTDIR);
            }
        }
        return at;
    }

    private static NaruException refused(String path, int errno) {
        return new NaruException(
                ErrorKind.INVALID, "cannot extract to \"" + FileCalls.text(path) + "\"", Errno.message(errno), null);
    }

    @Nullable
    ErofsNode find(ErofsNode directory, String name) {
        return directory.children().get(name);
    }

    /** Gives a file a name, in place of what had it. */
    void put(ErofsNode directory, String name, ErofsNode node) {
        ErofsNode old = directory.children().get(name);
        if (old != null) {
            remove(old);
            lastPath = "";
            last = root;
        }
        add(directory, name, node);
    }

    private void add(ErofsNode directory, String name, ErofsNode node) {
        if (name.length() > LONGEST_NAME) {
            throw refused(name, Errno.ENAMETOOLONG);
        }
        directory.children().put(name, node);
        node.links++;
        files++;
    }

    /** A name is gone, and with a directory's all below it. */
    private static void remove(ErofsNode node) {
        var gone = new ArrayList<ErofsNode>(List.of(node));
        for (int i = 0; i < gone.size(); i++) {
            ErofsNode each = gone.get(i);
            each.links--;
            if (each.isDirectory()) {
                gone.addAll(each.children().values());
                each.children().clear();
            }
        }
    }
}
