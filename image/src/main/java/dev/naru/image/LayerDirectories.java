package dev.naru.image;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.Errno;
import dev.naru.linux.FileCalls;
import dev.naru.linux.LinuxException;
import dev.naru.linux.Syscall;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The directories of a layer being extracted: opened confined to its root, kept open for the entries that follow, and
 * made when no entry has announced them.
 */
final class LayerDirectories implements AutoCloseable {
    private static final int KEPT = 64;

    private final FileCalls calls;
    private final Descriptor root;
    private final Map<String, Integer> open = new LinkedHashMap<>(KEPT, 0.75f, true);
    private final Set<String> implicit = new TreeSet<>();

    LayerDirectories(FileCalls calls, Descriptor root) {
        this.calls = calls;
        this.root = root;
        implicit.add("");
    }

    /** The descriptor of a directory, made with its parents when missing; valid until the next call. */
    int get(String path) {
        if (path.isEmpty()) {
            return root.number();
        }
        Integer known = open.get(path);
        if (known != null) {
            return known;
        }
        int descriptor = openPath(path);
        if (descriptor == -Errno.ENOENT) {
            make(path);
            descriptor = openPath(path);
        }
        if (descriptor < 0) {
            throw new NaruException(
                    ErrorKind.INVALID,
                    "cannot extract to \"" + FileCalls.text(path) + "\"",
                    Errno.message(-descriptor),
                    null);
        }
        keep(path, descriptor);
        return descriptor;
    }

    private int openPath(String path) {
        return calls.openInRoot(root.number(), path, Descriptor.O_PATH | Descriptor.O_DIRECTORY);
    }

    private void make(String path) {
        LayerPath split = LayerPath.of(path);
        int parent = get(split.parent());
        int result = calls.mkdir(parent, split.name(), 0755);
        if (result < 0 && result != -Errno.EEXIST) {
            throw new LinuxException("mkdirat", FileCalls.text(path), -result);
        }
        if (result == 0) {
            implicit.add(path);
        }
    }

    private void keep(String path, int descriptor) {
        if (open.size() >= KEPT) {
            var oldest = open.entrySet().iterator();
            close(oldest.next().getValue());
            oldest.remove();
        }
        open.put(path, descriptor);
    }

    /** An entry has described the directory. */
    void announced(String path) {
        implicit.remove(path);
    }

    /** Directories that no entry has described: their attributes are those of the layers below. */
    Set<String> implicit() {
        return implicit;
    }

    /** Closes what is open, because a directory is about to be removed or replaced. */
    void forget() {
        open.values().forEach(LayerDirectories::close);
        open.clear();
    }

    private static void close(int descriptor) {
        Syscall.CLOSE.raw(descriptor, 0, 0);
    }

    @Override
    public void close() {
        forget();
    }
}
