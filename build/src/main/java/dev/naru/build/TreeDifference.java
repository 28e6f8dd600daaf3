package dev.naru.build;

import dev.naru.linux.Descriptor;
import dev.naru.linux.FileStatus;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Writes what makes one tree of another as the files of a layer: what is new or different, and whiteouts for what is gone.
 * Two files are the same when they have kind, mode, owner, device, link, attributes, time and content in common; of
 * directories the time says nothing, for it changes with what is in them. For one thread.
 */
final class TreeDifference {
    private static final TreeFile WHITEOUT = new TreeFile(FileStatus.CHARACTER_DEVICE, 0, 0, 0, 0, 0, "", 0, 0);

    private final ReadableTree lower;
    private final ReadableTree upper;
    private final TreeTarget layer;
    private final Set<String> made = new HashSet<>();

    /** @param layer an empty directory of a file system that can have whiteouts */
    TreeDifference(ReadableTree lower, ReadableTree upper, TreeTarget layer) {
        this.lower = lower;
        this.upper = upper;
        this.layer = layer;
    }

    void write() throws InterruptedException {
        compare("");
        describe("");
    }

    private void compare(String directory) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        Set<String> now = new HashSet<>(names(upper, directory));
        var all = new TreeSet<>(names(lower, directory));
        all.addAll(now);
        for (String name : all) {
            String path = ReadableTree.join(directory, name);
            if (now.contains(name)) {
                visit(path, upper.file(path).orElseThrow());
            } else {
                parents(path);
                layer.node(path, WHITEOUT, new TreeTarget.Attributes(0, 0, 0, 0, 0, Map.of()));
            }
        }
        if (made.contains(directory) && !directory.isEmpty()) {
            // After its contents: its time changes with them.
            describe(directory);
        }
    }

    private static List<String> names(ReadableTree tree, String directory) {
        boolean there = directory.isEmpty()
                || tree.file(directory).filter(TreeFile::isDirectory).isPresent();
        return there ? tree.list(directory) : List.of();
    }

    private void visit(String path, TreeFile file) throws InterruptedException {
        Optional<TreeFile> before = lower.file(path);
        boolean same = before.filter(other -> isSame(path, other, file)).isPresent();
        if (file.isDirectory()) {
            if (!same) {
                parents(path + "/");
            }
            compare(path);
        } else if (!same) {
            parents(path);
            copy(path, file);
        }
    }

    private boolean isSame(String path, TreeFile one, TreeFile other) {
        boolean described = one.mode() == other.mode()
                && one.uid() == other.uid()
                && one.gid() == other.gid()
                && one.size() == other.size()
                && one.link().equals(other.link())
                && one.major() == other.major()
                && one.minor() == other.minor();
        boolean timed = one.isDirectory() || (one.modified() == other.modified() && one.nanos() == other.nanos());
        return described
                && timed
                && isSame(lower.attributes(path), upper.attributes(path))
                && (!one.isRegular() || lower.digest(path).equals(upper.digest(path)));
    }

    private static boolean isSame(Map<String, byte[]> one, Map<String, byte[]> other) {
        return one.keySet().equals(other.keySet())
                && one.entrySet().stream().allMatch(each -> Arrays.equals(each.getValue(), other.get(each.getKey())));
    }

    /** Makes the directories above a path; which of them were not made yet are described when they are complete. */
    private void parents(String path) {
        for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
            String directory = path.substring(0, slash);
            if (made.add(directory)) {
                layer.directory(directory, false);
            }
        }
    }

    private void describe(String directory) {
        upper.file(directory).ifPresent(file -> layer.describe(directory, attributes(directory, file)));
    }

    private TreeTarget.Attributes attributes(String path, TreeFile file) {
        return new TreeTarget.Attributes(
                file.permissions(),
                file.uid(),
                file.gid(),
                file.modified(),
                file.nanos(),
                file.isSymbolicLink() ? Map.of() : upper.attributes(path));
    }

    private void copy(String path, TreeFile file) {
        switch (file.type()) {
            case FileStatus.REGULAR -> {
                try (Descriptor content = upper.open(path)) {
                    layer.file(path, content, attributes(path, file));
                }
            }
            case FileStatus.SYMBOLIC_LINK -> layer.symbolicLink(path, file.link(), attributes(path, file));
            case FileStatus.SOCKET -> {
                // It is nothing without the process that listens on it.
            }
            default -> layer.node(path, file, attributes(path, file));
        }
    }
}
