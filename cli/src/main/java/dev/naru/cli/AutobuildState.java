package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What was built: a directory with {@code state.json}, a log for each build, and checkouts while they are needed. */
final class AutobuildState implements AutoCloseable {
    private static final int LOGS = 200;

    private final Path directory;
    private final FileChannel lock;
    private final Map<String, Built> built = new TreeMap<>();

    /**
     * The last build for a reference.
     *
     * @param reference such as {@code refs/heads/main}
     * @param result {@code built}, {@code tested}, {@code pushed}, or {@code failed: …}
     * @param time RFC 3339
     */
    record Built(
            String repository,
            String reference,
            List<String> tags,
            String commit,
            String result,
            String time,
            String log) {
        Built {
            tags = List.copyOf(tags);
        }

        boolean failed() {
            return result.startsWith("failed");
        }

        private String key() {
            return repository + " " + reference + " " + String.join(",", tags);
        }
    }

    private AutobuildState(Path directory, FileChannel lock) {
        this.directory = directory;
        this.lock = lock;
    }

    /** Opens it for one process; what an earlier one left half done is removed. */
    static AutobuildState open(Path directory) throws IOException {
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        FileChannel channel =
                FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (!isLocked(channel)) {
            channel.close();
            throw new CliException("another process makes automated builds with " + directory
                    + ": end it, or use another directory with --state");
        }
        var state = new AutobuildState(directory, channel);
        state.built.putAll(read(state.file()));
        remove(state.work());
        Files.createDirectories(state.work());
        Files.createDirectories(state.logs());
        return state;
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException another) {
            return false;
        }
    }

    /** What is recorded, for one who only looks. */
    static List<Built> look(Path directory) throws IOException {
        return List.copyOf(read(directory.resolve("state.json")).values());
    }

    private Path file() {
        return directory.resolve("state.json");
    }

    private Path work() {
        return directory.resolve("work");
    }

    private Path logs() {
        return directory.resolve("logs");
    }

    private static Map<String, Built> read(Path file) throws IOException {
        Map<String, Built> all = new TreeMap<>();
        if (!Files.exists(file)) {
            return all;
        }
        for (Object each : Json.list(Json.read(Files.readAllBytes(file)))) {
            var one = new Built(
                    Json.text(each, "repository"),
                    Json.text(each, "reference"),
                    Json.list(Json.at(each, "tags")).stream()
                            .map(String::valueOf)
                            .toList(),
                    Json.text(each, "commit"),
                    Json.text(each, "result"),
                    Json.text(each, "time"),
                    Json.text(each, "log"));
            all.put(one.key(), one);
        }
        return all;
    }

    synchronized List<Built> all() {
        return List.copyOf(built.values());
    }

    /**
     * Whether this commit was built for this reference and these tags.
     *
     * @param retry whether a build that failed does not count
     */
    synchronized boolean has(String repository, String reference, List<String> tags, String commit, boolean retry) {
        Built last = built.get(new Built(repository, reference, tags, "", "", "", "").key());
        return last != null && last.commit().equals(commit) && !(retry && last.failed());
    }

    synchronized void record(Built one) throws IOException {
        built.put(one.key(), one);
        List<@Nullable Object> trees = built.values().stream()
                .<@Nullable Object>map(AutobuildState::tree)
                .toList();
        Path beside = directory.resolve(".state.json");
        Files.writeString(beside, JsonText.pretty(trees) + "\n");
        try (var written = FileChannel.open(beside, StandardOpenOption.WRITE)) {
            written.force(true);
        }
        Files.move(beside, file(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    static Map<String, @Nullable Object> tree(Built one) {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("repository", one.repository());
        tree.put("reference", one.reference());
        tree.put("tags", one.tags());
        tree.put("commit", one.commit());
        tree.put("result", one.result());
        tree.put("time", one.time());
        tree.put("log", one.log());
        return tree;
    }

    /** A new directory for a checkout. */
    Path newWork() throws IOException {
        return Files.createTempDirectory(work(), "");
    }

    /** A new file for a build's output; the oldest of many go. */
    Path newLog(String repository) throws IOException {
        List<Path> old;
        try (Stream<Path> all = Files.list(logs())) {
            old = all.sorted(Comparator.comparing(Path::getFileName)).toList();
        }
        for (int i = 0; i <= old.size() - LOGS; i++) {
            Files.deleteIfExists(old.get(i));
        }
        String time = String.format("%013d", System.currentTimeMillis());
        return Files.createFile(logs().resolve(time + "-" + repository.replaceAll("[^A-Za-z0-9._-]", "-") + ".log"));
    }

    static void remove(Path tree) throws IOException {
        if (!Files.exists(tree, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> all = Files.walk(requireNonNull(tree))) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
