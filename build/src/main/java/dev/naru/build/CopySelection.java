package dev.naru.build;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.FileCalls;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The files that a copy takes from a tree.
 *
 * @param roots what matched the source, in order
 */
record CopySelection(List<Root> roots) {
    CopySelection {
        roots = List.copyOf(roots);
    }

    /**
     * One match.
     *
     * @param name what it is called in the destination's directory; with {@code --parents} a path
     * @param parents directories above it that are copied too, outermost first
     * @param path where it is in the tree
     * @param items all of a directory's files below it, parents first; of another file nothing
     */
    record Root(String name, List<Item> parents, String path, TreeFile file, List<Item> items) {
        Root {
            parents = List.copyOf(parents);
            items = List.copyOf(items);
        }
    }

    /** A file of a directory that is copied; its name is relative to that directory. */
    record Item(String name, String path, TreeFile file) {}

    /** @throws NaruException NOT_FOUND when nothing matches and something must */
    static CopySelection of(FileAction.Copy copy, ReadableTree tree) {
        String source = FileCalls.bytes(copy.source());
        String base = "";
        int pivot = copy.parents() ? source.indexOf("/./") : -1;
        if (pivot >= 0) {
            base = clean(source.substring(0, pivot));
            source = source.substring(pivot + 3);
        }
        String pattern = ReadableTree.join(base, clean(source));
        var roots = new ArrayList<Root>();
        var filter = new Filter(copy);
        for (String match : matches(tree, pattern, copy.wildcards())) {
            String path = tree.resolve(match, copy.followLinks());
            TreeFile file = tree.file(path).orElse(null);
            if (file == null) {
                if (copy.wildcards() && Wildcard.isPattern(pattern)) {
                    continue;
                }
                throw missing(copy, tree);
            }
            String below = copy.parents() ? relative(match, base) : last(match);
            if (!file.isDirectory() && !filter.test(last(match))) {
                continue;
            }
            List<Item> items = file.isDirectory() ? walk(tree, path, filter) : List.of();
            roots.add(new Root(below, copy.parents() ? parents(tree, base, below) : List.of(), path, file, items));
        }
        if (roots.isEmpty() && !copy.allowNoMatch() && copy.wildcards() && Wildcard.isPattern(pattern)) {
            throw missing(copy, tree);
        }
        for (String required : copy.required()) {
            if (matches(tree, clean(FileCalls.bytes(required)), true).isEmpty()) {
                throw missing(copy, tree);
            }
        }
        return new CopySelection(roots);
    }

    private static NaruException missing(FileAction.Copy copy, ReadableTree tree) {
        String shown = copy.source().startsWith("/") ? copy.source() : "/" + copy.source();
        return new NaruException(
                ErrorKind.NOT_FOUND,
                "\"" + shown + "\": not found",
                "",
                tree instanceof ContextTree ? "it is not in the context, or .dockerignore excludes it" : null);
    }

    private static String relative(String match, String base) {
        return base.isEmpty() ? match : match.length() <= base.length() ? "" : match.substring(base.length() + 1);
    }

    private static List<Item> parents(ReadableTree tree, String base, String below) {
        var parents = new ArrayList<Item>();
        for (int slash = below.indexOf('/'); slash > 0; slash = below.indexOf('/', slash + 1)) {
            String name = below.substring(0, slash);
            String path = tree.resolve(ReadableTree.join(base, name), true);
            tree.file(path).ifPresent(file -> parents.add(new Item(name, path, file)));
        }
        return parents;
    }

    /** A path without dots and doubled slashes; it cannot lead out of the root. */
    static String clean(String path) {
        var components = new ArrayList<String>();
        for (String component : path.split("/", -1)) {
            if (component.equals("..")) {
                if (!components.isEmpty()) {
                    components.removeLast();
                }
            } else if (!component.isEmpty() && !component.equals(".")) {
                components.add(component);
            }
        }
        return String.join("/", components);
    }

    static String last(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** Paths that match, sorted. */
    static List<String> matches(ReadableTree tree, String pattern, boolean wildcards) {
        if (!wildcards || !Wildcard.isPattern(pattern)) {
            return List.of(wildcards ? Wildcard.literal(pattern) : pattern);
        }
        List<String> found = List.of("");
        for (String component : pattern.split("/", -1)) {
            var next = new ArrayList<String>();
            for (String directory : found) {
                if (component.equals("**")) {
                    below(tree, directory, next);
                } else if (Wildcard.isPattern(component)) {
                    names(tree, directory).stream()
                            .filter(name -> Wildcard.matches(component, name))
                            .forEach(name -> next.add(ReadableTree.join(directory, name)));
                } else {
                    next.add(ReadableTree.join(directory, Wildcard.literal(component)));
                }
            }
            found = next;
        }
        return found.stream()
                .filter(path -> tree.file(tree.resolve(path, false)).isPresent())
                .distinct()
                .sorted()
                .toList();
    }

    private static void below(ReadableTree tree, String directory, List<String> found) {
        found.add(directory);
        for (String name : names(tree, directory)) {
            String path = ReadableTree.join(directory, name);
            if (tree.file(path).filter(TreeFile::isDirectory).isPresent()) {
                below(tree, path, found);
            }
        }
    }

    private static List<String> names(ReadableTree tree, String directory) {
        String at = tree.resolve(directory, true);
        return tree.file(at).filter(TreeFile::isDirectory).isPresent() ? tree.list(at) : List.of();
    }

    private static List<Item> walk(ReadableTree tree, String root, Filter filter) {
        var items = new ArrayList<Item>();
        walk(tree, root, "", filter, items);
        return items;
    }

    private static void walk(ReadableTree tree, String root, String below, Filter filter, List<Item> items) {
        for (String name : tree.list(ReadableTree.join(root, below))) {
            String relative = ReadableTree.join(below, name);
            String path = ReadableTree.join(root, relative);
            TreeFile file = tree.file(path).orElse(null);
            if (file == null) {
                continue;
            }
            boolean wanted = filter.test(relative);
            if (file.isDirectory()) {
                int before = items.size();
                items.add(new Item(relative, path, file));
                walk(tree, root, relative, filter, items);
                if (!wanted && items.size() == before + 1) {
                    items.removeLast();
                }
            } else if (wanted) {
                items.add(new Item(relative, path, file));
            }
        }
    }

    /** Identifies what was selected: names, kinds, modes, owners and contents, no times. */
    String key(ReadableTree tree) {
        var key = new KeyWriter();
        key.add(roots.size());
        for (Root root : roots) {
            key.add(root.name());
            root.parents().forEach(item -> describe(key, item, tree));
            describe(key, new Item("", root.path(), root.file()), tree);
            key.add(root.items().size());
            root.items().forEach(item -> describe(key, item, tree));
        }
        return key.key();
    }

    private static void describe(KeyWriter key, Item item, ReadableTree tree) {
        key.add(item.name());
        item.file().describe(key);
        if (item.file().isRegular()) {
            key.add(tree.digest(item.path()));
        }
    }

    /** The patterns of a copy; an exclusion wins. */
    private static final class Filter implements Predicate<String> {
        private final PathPatterns include;
        private final PathPatterns exclude;

        Filter(FileAction.Copy copy) {
            this.include = PathPatterns.of(copy.include());
            this.exclude = PathPatterns.of(copy.exclude());
        }

        @Override
        public boolean test(String path) {
            String text = FileCalls.text(path);
            return (include.isEmpty() || include.matches(text)) && !exclude.matches(text);
        }
    }
}
