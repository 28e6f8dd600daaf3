package dev.naru.build;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Files whose contents are in {@link ContextFiles}: what a client has sent, or what was fetched. */
public final class ContextTree implements ReadableTree {
    private final ContextFiles files;
    private final NavigableMap<String, Entry> entries;
    private final ContextFiles.Moment checked;

    /**
     * One of its files.
     *
     * @param content the digest of a regular file's content, otherwise empty
     */
    public record Entry(TreeFile file, String content) {}

    /** What was found out of a tree is kept with it, of so many questions. */
    private static final int MOST_ANSWERS = 64;

    private final Map<Part, ContextTree> parts = new ConcurrentHashMap<>();
    private final Map<FileAction.Copy, String> selections = new ConcurrentHashMap<>();
    private volatile @Nullable String identity;

    /** What some patterns leave of a tree; an exclusion wins. */
    record Part(List<String> include, List<String> exclude) {
        Part {
            include = List.copyOf(include);
            exclude = List.copyOf(exclude);
        }
    }

    /** @param checked when it was made sure that its contents are here */
    ContextTree(ContextFiles files, NavigableMap<String, Entry> entries, ContextFiles.Moment checked) {
        this.files = requireNonNull(files, "files");
        this.entries = requireNonNull(entries, "entries");
        this.checked = requireNonNull(checked, "checked");
    }

    /** Whether all its contents are certain to be here still, and have been noted as used not long ago. */
    public boolean isWhole() {
        return files.isNow(checked);
    }

    /** When it was made sure that its contents are here. */
    public ContextFiles.Moment checked() {
        return checked;
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

    private @Nullable String first() {
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

    /** The same without what the patterns do not want; directories stay where something below them does. */
    ContextTree part(Part part) {
        if (part.include().isEmpty() && part.exclude().isEmpty()) {
            return this;
        }
        var include = PathPatterns.of(part.include());
        var exclude = PathPatterns.of(part.exclude());
        return answer(
                parts,
                part,
                () -> filtered(path -> {
                    String text = FileCalls.text(path);
                    return (include.isEmpty() || include.matches(text)) && !exclude.matches(text);
                }));
    }

    private static <Q, A> A answer(Map<Q, A> known, Q question, Supplier<A> work) {
        A answer = known.get(question);
        if (answer == null) {
            answer = work.get();
            if (known.size() < MOST_ANSWERS) {
                known.put(question, answer);
            }
        }
        return answer;
    }

    private ContextTree filtered(Predicate<String> wanted) {
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
        return new ContextTree(files, kept, checked);
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
        String known = identity;
        if (known == null) {
            var key = new KeyWriter();
            entries.forEach((path, entry) -> {
                key.add(path);
                entry.file().describe(key);
                key.add(entry.content());
            });
            known = "files:" + key.key();
            identity = known;
        }
        return known;
    }

    /** Identifies what a copy takes, see {@link CopySelection#describe}. */
    String selection(FileAction.Copy copy) {
        return answer(selections, copy, () -> CopySelection.of(copy, this).key(this));
    }

    @Override
    public void close() {
        // Its contents belong to the store.
    }
}
