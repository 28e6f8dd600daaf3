package dev.naru.build;

import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Files whose contents are in {@link ContextFiles}: what a client has sent, or what was fetched. */
public final class ContextTree implements ReadableTree {
    private final ContextFiles files;
    private final NavigableMap<String, Entry> entries;

    /**
     * One of its files.
     *
     * @param content the digest of a regular file's content, otherwise empty
     */
    public record Entry(TreeFile file, String content) {}

    ContextTree(ContextFiles files, NavigableMap<String, Entry> entries) {
        this.files = files;
        this.entries = entries;
    }

    @Override
    public Optional<TreeFile> file(String path) {
        if (path.isEmpty()) {
            return Optional.of(new TreeFile(FileStatus.DIRECTORY | 0755, 0, 0, 0, 0, 0, "", 0, 0));
        }
        return Optional.ofNullable(entries.get(path)).map(Entry::file);
    }

    @Override
    public List<String> list(String path) {
        String prefix = path.isEmpty() ? "" : path + "/";
        var names = new ArrayList<String>();
        for (String at = prefix.isEmpty() ? first() : entries.ceilingKey(prefix);
                at != null && at.startsWith(prefix); ) {
            int slash = at.indexOf('/', prefix.length());
            String name = slash < 0 ? at.substring(prefix.length()) : at.substring(prefix.length(), slash);
            if (names.isEmpty() || !names.getLast().equals(name)) {
                names.add(name);
            }
            // Past everything below this name: '0' is what follows '/'.
            at = slash < 0 ? entries.higherKey(at) : entries.ceilingKey(prefix + name + "0");
        }
        return names.stream().distinct().sorted().toList();
    }

    private @org.jspecify.annotations.Nullable String first() {
        return entries.isEmpty() ? null : entries.firstKey();
    }

    @Override
    public Descriptor open(String path) {
        return files.open(digest(path));
    }

    @Override
    public String digest(String path) {
        Entry entry = entries.get(path);
        if (entry == null || entry.content().isEmpty()) {
            throw NaruException.notFound("\"" + FileCalls.text(path) + "\" is no file of the context");
        }
        return entry.content();
    }

    /** Makes a file's content a layer's too, see {@link ContextFiles#lend}. */
    boolean lend(FileCalls calls, SharedFiles.Key key, int to, String name) {
        return files.lend(calls, key, to, name);
    }

    /** The same without what the test does not want; directories stay where something below them does. */
    ContextTree filtered(Predicate<String> wanted) {
        var kept = new TreeMap<String, Entry>();
        entries.forEach((path, entry) -> {
            if (wanted.test(path)) {
                kept.put(path, entry);
                for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
                    String above = path.substring(0, slash);
                    Entry directory = entries.get(above);
                    if (directory == null || kept.putIfAbsent(above, directory) != null) {
                        break;
                    }
                }
            }
        });
        return new ContextTree(files, kept);
    }

    /** The whole of a small text file; empty when there is none. */
    public Optional<byte[]> read(String path, int limit) {
        String at = resolve(path, true);
        if (file(at).filter(TreeFile::isRegular).isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(files.read(digest(at), limit));
    }

    /** All files but the root. */
    public NavigableMap<String, Entry> entries() {
        return entries;
    }

    /** The newest file's time, seconds since 1970; 0 without files. */
    public long newest() {
        return entries.values().stream()
                .mapToLong(entry -> entry.file().modified())
                .max()
                .orElse(0);
    }

    /** Identifies the files: no times are part of it. */
    String identity() {
        var key = new KeyWriter();
        entries.forEach((path, entry) -> {
            key.add(path);
            entry.file().describe(key);
            key.add(entry.content());
        });
        return "files:" + key.key();
    }

    @Override
    public void close() {
        // Its contents belong to the store.
    }
}
