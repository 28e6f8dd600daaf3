package dev.naru.build;

import dev.naru.build.RecentTrees.Origin;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.Compression;
import dev.naru.image.StreamChannel;
import dev.naru.image.TarEntry;
import dev.naru.image.TarReader;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileStatus;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** A context that comes as a tar stream, plain or compressed. The stream is hostile. */
final class ContextArchive {
    private static final int MOST_FILES = 2_000_000;

    private final ContextFiles files;
    private final TreeMap<String, ContextTree.Entry> entries = new TreeMap<>();

    ContextArchive(ContextFiles files) {
        this.files = files;
    }

    /**
     * Reads it. One that came not long ago is known by its digest, and is not taken apart again.
     *
     * @throws NaruException INVALID for a stream that is no archive, or that leads out of its root
     */
    ContextTree read(InputStream stream) {
        try (var held = new HeldArchive(StreamChannel.of(stream))) {
            Optional<Origin> origin = held.digest().map(Origin.Archive::new);
            Optional<ContextTree> known = origin.flatMap(files.recent()::get).filter(ContextTree::isWhole);
            if (known.isPresent()) {
                return known.get();
            }
            ContextFiles.Moment begun = files.moment();
            unpack(held);
            ContextTree tree = files.tree(entries, begun);
            origin.ifPresent(from -> files.recent().put(from, tree));
            return tree;
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.INVALID, "cannot read the build context", failure);
        }
    }

    private void unpack(HeldArchive held) throws IOException {
        try (var source = Compression.plain(held);
                var tar = new TarReader(source);
                ContextWriter writer = files.writer()) {
            for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
                add(entry, tar, writer);
            }
        }
    }

    private void add(TarEntry entry, TarReader tar, ContextWriter writer) {
        String path = path(entry.name());
        if (path.isEmpty()) {
            return;
        }
        if (entries.size() >= MOST_FILES) {
            throw NaruException.invalid("the build context has more than " + MOST_FILES + " files");
        }
        directories(path);
        switch (entry.type()) {
            case DIRECTORY -> put(path, entry, FileStatus.DIRECTORY, "");
            case SYMBOLIC_LINK -> put(path, entry, FileStatus.SYMBOLIC_LINK, "");
            case FILE -> put(path, entry, FileStatus.REGULAR, writer.take(pieces(entry, tar)));
            case HARD_LINK -> {
                ContextTree.Entry target = entries.get(path(entry.link()));
                if (target == null || !target.file().isRegular()) {
                    throw NaruException.invalid("invalid build context: \"" + FileCalls.text(path)
                            + "\" is a link to a file that does not come before it");
                }
                entries.put(path, target);
            }
            case FIFO -> put(path, entry, FileStatus.FIFO, "");
            case CHARACTER_DEVICE, BLOCK_DEVICE ->
                throw NaruException.invalid("invalid build context: \"" + FileCalls.text(path) + "\" is a device");
        }
    }

    /** Files of a context belong to root, as Docker has it, whoever sent them. */
    private void put(String path, TarEntry entry, int type, String content) {
        int permissions = type == FileStatus.SYMBOLIC_LINK ? 0777 : entry.mode();
        var file = new TreeFile(
                type | permissions,
                0,
                0,
                type == FileStatus.REGULAR ? entry.realSize() : 0,
                entry.modified(),
                entry.nanos(),
                type == FileStatus.SYMBOLIC_LINK ? entry.link() : "",
                0,
                0);
        ContextTree.Entry before = entries.put(path, new ContextTree.Entry(file, content));
        if (before != null && before.file().isDirectory() && type != FileStatus.DIRECTORY) {
            entries.subMap(path + "/", path + "0").clear();
        }
    }

    private void directories(String path) {
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            String above = path.substring(0, slash);
            ContextTree.Entry entry = entries.get(above);
            if (entry == null) {
                entries.put(
                        above,
                        new ContextTree.Entry(new TreeFile(FileStatus.DIRECTORY | 0755, 0, 0, 0, 0, 0, "", 0, 0), ""));
            } else if (!entry.file().isDirectory()) {
                throw NaruException.invalid("invalid build context: \"" + FileCalls.text(path)
                        + "\" lies below something that is no directory");
            }
        }
    }

    private static ContextWriter.Pieces pieces(TarEntry entry, TarReader tar) {
        List<TarEntry.Run> runs = entry.sparse();
        return runs == null ? tar::data : new SparsePieces(runs, entry.realSize(), tar::data);
    }

    static String path(String name) {
        var components = new ArrayList<String>();
        for (String component : name.split("/", -1)) {
            if (component.equals("..")) {
                throw NaruException.invalid(
                        "invalid build context: the name \"" + FileCalls.text(name) + "\" leads out of its root");
            }
            if (component.indexOf('\0') >= 0) {
                throw NaruException.invalid("invalid build context: a name has a NUL");
            }
            if (!component.isEmpty() && !component.equals(".")) {
                components.add(component);
            }
        }
        return String.join("/", components);
    }

    /** Puts the zeros back between the runs of a sparse file. */
    private static final class SparsePieces implements ContextWriter.Pieces {
        private final List<TarEntry.Run> runs;
        private final long size;
        private final ContextWriter.Pieces data;
        private final ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 18);
        private @org.jspecify.annotations.Nullable ByteBuffer piece;
        private int run;
        private long at;

        SparsePieces(List<TarEntry.Run> runs, long size, ContextWriter.Pieces data) {
            this.runs = runs;
            this.size = size;
            this.data = data;
        }

        @Override
        public @org.jspecify.annotations.Nullable ByteBuffer next() {
            while (run < runs.size()
                    && at >= runs.get(run).offset() + runs.get(run).length()) {
                run++;
            }
            long data0 = run < runs.size() ? runs.get(run).offset() : size;
            if (at < data0) {
                int count = (int) Math.min(zeros.capacity(), data0 - at);
                at += count;
                return zeros.slice(0, count);
            }
            if (at >= size) {
                return null;
            }
            if (piece == null || !piece.hasRemaining()) {
                piece = data.next();
            }
            if (piece == null) {
                throw NaruException.invalid("invalid build context: a sparse file ends early");
            }
            long end = runs.get(run).offset() + runs.get(run).length();
            int count = (int) Math.min(piece.remaining(), end - at);
            ByteBuffer part = piece.slice(piece.position(), count);
            piece.position(piece.position() + count);
            at += count;
            return part;
        }
    }
}
