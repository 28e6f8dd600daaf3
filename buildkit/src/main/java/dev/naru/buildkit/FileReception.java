package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import dev.naru.build.BuildProgress;
import dev.naru.build.ContextFiles;
import dev.naru.build.ContextTree;
import dev.naru.build.ContextWriter;
import dev.naru.build.TreeFile;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.grpc.GrpcCall;
import dev.naru.grpc.ProtoFields;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Receives one tree of files from a client, which is not trusted. Small files come many at a time and are held until they
 * are whole; large ones come one by one and are written as they come. What a tree of before has with the same size, time
 * and mode is not asked for.
 */
final class FileReception {
    private static final int MOST_FILES = 2_000_000;
    private static final long SMALL = 1 << 20;
    private static final int MOST_AT_A_TIME = 256;
    private static final long MOST_BYTES_AT_A_TIME = 8 << 20;
    /** Files may have grown a little since they were told. */
    private static final long MOST_HELD = 64 << 20;

    private static final long PAIRED = 16 << 10;

    private static final long TOLD_EVERY = 256 << 10;

    private final GrpcCall call;
    private final ContextFiles files;
    private final @Nullable ContextTree before;
    /** The tree of before, if its contents need not be looked for. */
    private final @Nullable ContextTree whole;

    private final ContextFiles.Moment begun;
    private final BuildProgress progress;
    private final BuildProgress.Step step;
    private final String title;
    private final TreeMap<String, ContextTree.Entry> entries = new TreeMap<>();
    private final Map<String, String> hardLinks = new TreeMap<>();
    private final List<Wanted> wanted = new ArrayList<>();
    private long received;
    private long told;

    private @Nullable Whole single;

    private record Wanted(int id, String path, TreeFile file) {}

    /** A content that has come to its end. */
    private record Whole(Wanted file, HeldContents.Content content) {}

    FileReception(
            GrpcCall call,
            ContextFiles files,
            @Nullable ContextTree before,
            BuildProgress progress,
            BuildProgress.Step step,
            String title) {
        this.call = requireNonNull(call, "call");
        this.files = requireNonNull(files, "files");
        this.before = before;
        whole = before != null && before.isWhole() ? before : null;
        begun = whole == null ? files.moment() : whole.checked();
        this.progress = requireNonNull(progress, "progress");
        this.step = requireNonNull(step, "step");
        this.title = requireNonNull(title, "title");
    }

    ContextTree receive() throws IOException, InterruptedException {
        progress.moved(step, title, 0, 0, false);
        try (ContextWriter writer = files.writer()) {
            told(writer);
            try (var contents = new HeldContents()) {
                small(writer, contents);
            }
            for (Wanted each : wanted) {
                if (each.file().size() > SMALL) {
                    large(each, writer);
                }
            }
        }
        hardLinks.forEach(this::link);
        call.send(FilePacket.end());
        FilePacket last = next();
        if (last.type() != FilePacket.END) {
            throw malformed("it does not end");
        }
        call.end();
        progress.moved(step, title, received, 0, true);
        // The tree of before knows what was asked of it.
        return whole != null && wanted.isEmpty() && whole.entries().equals(entries)
                ? whole
                : files.tree(entries, begun);
    }

    private void told(ContextWriter writer) throws IOException, InterruptedException {
        for (int id = 0; ; id++) {
            FilePacket packet = next();
            if (packet.type() != FilePacket.STAT) {
                throw malformed("a message of type " + packet.type() + " before all files were told");
            }
            if (!packet.hasFile()) {
                return;
            }
            if (id >= MOST_FILES) {
                throw NaruException.invalid("the build context has more than " + MOST_FILES + " files");
            }
            take(id, packet, writer);
        }
    }

    private void take(int id, FilePacket packet, ContextWriter writer) {
        String path = packet.path();
        check(path);
        TreeFile file = packet.file();
        switch (file.mode() & FileStatus.TYPE) {
            case FileStatus.REGULAR -> {
                if (packet.link().isEmpty()) {
                    want(id, path, file, writer);
                } else {
                    hardLinks.put(path, packet.link());
                }
            }
            case FileStatus.CHARACTER_DEVICE, FileStatus.BLOCK_DEVICE ->
                throw malformed("\"" + FileCalls.text(path) + "\" is a device");
            case FileStatus.SOCKET -> {
                // Nothing of a socket can be kept.
            }
            default -> entries.put(path, new ContextTree.Entry(file, ""));
        }
    }

    private void check(String path) {
        for (String part : path.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..") || part.indexOf('\0') >= 0) {
                throw malformed("the path \"" + FileCalls.text(path) + "\"");
            }
        }
        int slash = path.lastIndexOf('/');
        if (slash >= 0) {
            ContextTree.Entry above = entries.get(path.substring(0, slash));
            if (above == null || (above.file().mode() & FileStatus.TYPE) != FileStatus.DIRECTORY) {
                throw malformed("\"" + FileCalls.text(path) + "\" comes before its directory");
            }
        }
        if (entries.containsKey(path) || hardLinks.containsKey(path)) {
            throw malformed("\"" + FileCalls.text(path) + "\" comes twice");
        }
    }

    private void want(int id, String path, TreeFile file, ContextWriter writer) {
        ContextTree.Entry known = before == null ? null : before.entries().get(path);
        if (known != null && known.file().equals(file) && (whole != null || writer.has(known.content()))) {
            entries.put(path, known);
            return;
        }
        // A place for those below it to be checked against; its content follows.
        entries.put(path, new ContextTree.Entry(file, ""));
        wanted.add(new Wanted(id, path, file));
    }

    private void small(ContextWriter writer, HeldContents held) throws IOException, InterruptedException {
        Deque<Wanted> waiting = new ArrayDeque<>();
        wanted.stream().filter(each -> each.file().size() <= SMALL).forEach(waiting::add);
        Map<Integer, Wanted> asked = new HashMap<>();
        Map<Integer, HeldContents.Content> contents = new HashMap<>();
        long bytes = 0;
        while (!waiting.isEmpty() || !asked.isEmpty()) {
            while (!waiting.isEmpty() && asked.size() < MOST_AT_A_TIME && bytes < MOST_BYTES_AT_A_TIME) {
                Wanted each = waiting.remove();
                asked.put(each.id(), each);
                contents.put(each.id(), held.begin(each.file().size()));
                bytes += each.file().size();
                call.send(FilePacket.request(each.id()));
            }
            FilePacket packet = data();
            Wanted each = asked.get(packet.id());
            HeldContents.Content content = contents.get(packet.id());
            if (each == null || content == null) {
                throw malformed("data that nobody asked for");
            }
            ByteBuffer piece = packet.data();
            boolean last = !piece.hasRemaining();
            content.add(piece);
            if (content.size() > SMALL * 8 || held.size() > MOST_HELD) {
                throw malformed("\"" + FileCalls.text(each.path()) + "\" grew while it was sent");
            }
            if (last) {
                bytes -= each.file().size();
                asked.remove(packet.id());
                contents.remove(packet.id());
                whole(new Whole(each, content), writer);
            }
        }
        if (single != null) {
            take(single, writer);
        }
    }

    /** Two large ones are hashed in the time of one. */
    private void whole(Whole next, ContextWriter writer) {
        Whole first = single;
        if (next.content().size() < PAIRED) {
            take(next, writer);
        } else if (first == null) {
            single = next;
        } else {
            single = null;
            List<String> digests =
                    writer.take(first.content().bytes(), next.content().bytes());
            keep(first.file(), digests.getFirst());
            keep(next.file(), digests.getLast());
            first.content().release();
            next.content().release();
        }
    }

    private void take(Whole one, ContextWriter writer) {
        keep(one.file(), writer.take(one.content().bytes()));
        one.content().release();
    }

    private void large(Wanted each, ContextWriter writer) throws IOException, InterruptedException {
        call.send(FilePacket.request(each.id()));
        var failure = new Exception[1];
        String digest = writer.take(() -> {
            try {
                FilePacket packet = data();
                if (packet.id() != each.id()) {
                    throw malformed("data that nobody asked for");
                }
                ByteBuffer piece = packet.data();
                return piece.hasRemaining() ? piece : null;
            } catch (IOException | InterruptedException broken) {
                failure[0] = broken;
                return null;
            }
        });
        if (failure[0] instanceof IOException broken) {
            throw broken;
        }
        if (failure[0] instanceof InterruptedException stopped) {
            throw stopped;
        }
        keep(each, digest);
    }

    private void keep(Wanted each, String digest) {
        entries.put(each.path(), new ContextTree.Entry(each.file(), digest));
    }

    private void link(String path, String target) {
        ContextTree.Entry entry = entries.get(target);
        if (entry == null || entry.content().isEmpty()) {
            throw malformed("\"" + FileCalls.text(path) + "\" is a link to what is no file");
        }
        entries.put(path, entry);
    }

    private FilePacket data() throws IOException, InterruptedException {
        FilePacket packet = next();
        if (packet.type() != FilePacket.DATA) {
            throw malformed("a message of type " + packet.type() + " between data");
        }
        received += packet.data().remaining();
        if (received - told >= TOLD_EVERY) {
            told = received;
            progress.moved(step, title, received, 0, false);
        }
        return packet;
    }

    private FilePacket next() throws IOException, InterruptedException {
        ProtoFields message = call.receiveInPlace();
        if (message == null) {
            throw new IOException("the client ended its transfer early");
        }
        var packet = new FilePacket(message);
        if (packet.type() == FilePacket.ERROR) {
            throw new NaruException(
                    ErrorKind.INVALID,
                    "the client cannot send its files",
                    java.nio.charset.StandardCharsets.UTF_8
                            .decode(packet.data())
                            .toString(),
                    null);
        }
        return packet;
    }

    private static NaruException malformed(String why) {
        return new NaruException(ErrorKind.INVALID, "invalid transfer of files", why, null);
    }
}
