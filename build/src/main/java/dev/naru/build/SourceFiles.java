package dev.naru.build;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileStatus;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Files that a build fetches. */
final class SourceFiles {
    private final ContextFiles files;
    private final RemoteFiles remote;
    private final Path dataRoot;

    SourceFiles(ContextFiles files, RemoteFiles remote, Path dataRoot) {
        this.files = files;
        this.remote = remote;
        this.dataRoot = dataRoot;
    }

    ContextTree fetch(Source source, BuildProgress.Step step, BuildProgress progress) throws InterruptedException {
        return switch (source) {
            case Source.Http http -> http(http, step, progress);
            case Source.Git git -> new GitCheckout(dataRoot, git).files(this);
            default -> throw new IllegalArgumentException(String.valueOf(source));
        };
    }

    private ContextTree http(Source.Http http, BuildProgress.Step step, BuildProgress progress) {
        var entries = new TreeMap<String, ContextTree.Entry>();
        ContextFiles.Moment begun = files.moment();
        remote.fetch(http.url(), answer -> {
            String content;
            try (ContextWriter writer = files.writer()) {
                content = writer.take(new StreamPieces(
                        answer.body(),
                        count -> progress.moved(step, "downloading", count, Math.max(0, answer.size()), false)));
            }
            String wanted = http.checksum();
            if (wanted != null && !wanted.equals("sha256:" + content)) {
                throw NaruException.invalid(
                        "digest mismatch for " + http.url() + ": sha256:" + content + ", wanted " + wanted);
            }
            String name = http.fileName();
            if (name == null) {
                name = answer.fileName() == null ? nameOf(http.url()) : answer.fileName();
            }
            int mode = http.mode() < 0 ? 0600 : http.mode();
            var file =
                    new TreeFile(FileStatus.REGULAR | mode, http.uid(), http.gid(), 0, answer.modified(), 0, "", 0, 0);
            entries.put(CopySelection.last(FileCalls.bytes(name)), new ContextTree.Entry(file, content));
        });
        return files.tree(entries, begun);
    }

    private static String nameOf(String url) {
        String path = URI.create(url).getPath();
        String name = path == null ? "" : path.substring(path.lastIndexOf('/') + 1);
        return name.isEmpty() ? "download" : name;
    }

    /** Takes the files below a directory of the host that nobody else writes to. */
    ContextTree take(Path directory) {
        var entries = new TreeMap<String, ContextTree.Entry>();
        ContextFiles.Moment begun = files.moment();
        try (var tree = new MountedTree(
                        Descriptor.open(directory.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0),
                        () -> {});
                ContextWriter writer = files.writer()) {
            take(tree, "", entries, writer);
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot read " + directory, failure);
        }
        return files.tree(entries, begun);
    }

    private static void take(MountedTree tree, String at, Map<String, ContextTree.Entry> entries, ContextWriter writer)
            throws IOException {
        for (String name : tree.list(at)) {
            String path = ReadableTree.join(at, name);
            TreeFile file = tree.file(path).orElse(null);
            if (file == null) {
                continue;
            }
            String content = "";
            if (file.isRegular()) {
                try (Descriptor open = tree.open(path);
                        InputStream in = java.nio.file.Files.newInputStream(Path.of(open.path()))) {
                    content = writer.take(new StreamPieces(in, count -> {}));
                }
            }
            var owned = new TreeFile(file.mode(), 0, 0, file.size(), file.modified(), file.nanos(), file.link(), 0, 0);
            entries.put(path, new ContextTree.Entry(owned, content));
            if (file.isDirectory()) {
                take(tree, path, entries, writer);
            }
        }
    }

    /** A stream in pieces. */
    static final class StreamPieces implements ContextWriter.Pieces {
        private final InputStream in;
        private final java.util.function.LongConsumer counter;
        private final byte[] buffer = new byte[256 * 1024];
        private long count;

        StreamPieces(InputStream in, java.util.function.LongConsumer counter) {
            this.in = in;
            this.counter = counter;
        }

        @Override
        public @org.jspecify.annotations.Nullable ByteBuffer next() {
            try {
                int read = in.read(buffer);
                if (read < 0) {
                    return null;
                }
                count += read;
                counter.accept(count);
                return ByteBuffer.wrap(buffer, 0, read);
            } catch (IOException failure) {
                throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot read a file", failure);
            }
        }
    }
}
