package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import dev.naru.build.PathPatterns;
import dev.naru.grpc.GrpcCall;
import dev.naru.grpc.ProtoFields;
import dev.naru.grpc.ProtoWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Sends a directory's files: all of them are told first, then those that the other end asks for (fsutil's protocol). */
final class BuildFiles {
    private static final int PIECE = 256 << 10;
    /** A frame of descriptions, about. */
    private static final int TOGETHER = 128;

    private static final int TYPE = 0170000;
    private static final int REGULAR = 0100000;
    private static final int DIRECTORY = 0040000;
    private static final int LINK = 0120000;

    private final Path root;
    private final PathPatterns include;
    private final PathPatterns exclude;
    private final BuildFollowing following;
    private final List<Path> told = new ArrayList<>();
    private final Map<String, String> linked = new HashMap<>();
    private final List<byte[]> unsent = new ArrayList<>();
    private final Deque<Node> above = new ArrayDeque<>();

    /** A name in a directory, and its bytes, which are what names are sorted by. */
    private record Child(Path file, String name, byte[] order) {}

    private record Node(String path, Map<String, Object> attributes) {}

    /**
     * A directory, or a part of it.
     *
     * @param followed paths that are wanted with whatever links on their way point at; empty for all
     */
    BuildFiles(Path root, List<String> include, List<String> exclude, List<String> followed) throws IOException {
        this.root = requireNonNull(root, "root");
        this.include = PathPatterns.of(include);
        this.exclude = PathPatterns.of(exclude);
        this.following = new BuildFollowing(root, followed);
    }

    void send(GrpcCall call) throws IOException, InterruptedException {
        walk(root, "", call);
        unsent.add(new byte[0]);
        call.send(unsent);
        for (byte[] message = call.receive(); message != null; message = call.receive()) {
            ProtoFields packet = ProtoFields.of(message);
            switch (packet.integer(1)) {
                case BuildPacket.REQUEST -> content(packet.integer(3), call);
                case BuildPacket.END -> {
                    call.send(new ProtoWriter().number(1, BuildPacket.END));
                    return;
                }
                case BuildPacket.ERROR -> throw new IOException("the engine refuses the files: " + packet.text(4));
                default -> throw new IOException("the engine sent a message that has no place here");
            }
        }
    }

    private void walk(Path directory, String at, GrpcCall call) throws IOException, InterruptedException {
        List<Child> children = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(directory)) {
            for (Path each : all) {
                String name = each.getFileName().toString();
                children.add(new Child(each, name, name.getBytes(StandardCharsets.UTF_8)));
            }
        } catch (DirectoryIteratorException failure) {
            throw failure.getCause();
        }
        children.sort((a, b) -> Arrays.compareUnsigned(a.order(), b.order()));
        for (Child each : children) {
            Path child = each.file();
            String path = at.isEmpty() ? each.name() : at + "/" + each.name();
            Map<String, Object> attributes;
            try {
                attributes = Files.readAttributes(
                        child, "unix:mode,size,lastModifiedTime,ino,dev,nlink,rdev", LinkOption.NOFOLLOW_LINKS);
            } catch (NoSuchFileException gone) {
                continue;
            }
            boolean isDirectory = (mode(attributes) & TYPE) == DIRECTORY;
            boolean wanted = wants(path);
            if (isDirectory) {
                below(child, new Node(path, attributes), wanted, call);
            } else if (wanted) {
                tell(child, path, attributes, call);
            }
        }
    }

    private void below(Path directory, Node node, boolean wanted, GrpcCall call)
            throws IOException, InterruptedException {
        if (wanted) {
            tell(directory, node.path(), node.attributes(), call);
            walk(directory, node.path(), call);
        } else if (mayWantBelow(node.path())) {
            // A directory is told when something below it is.
            above.addLast(node);
            walk(directory, node.path(), call);
            above.pollLast();
        }
    }

    private boolean wants(String path) {
        return (include.isEmpty() || include.matches(path)) && !exclude.matches(path) && following.wants(path);
    }

    private boolean mayWantBelow(String path) {
        return (include.isEmpty() || include.matches(path) || include.mayMatchBelow(path))
                && (!exclude.matches(path) || exclude.mayExceptBelow(path))
                && (following.wants(path) || following.mayWantBelow(path));
    }

    private void tell(Path file, String path, Map<String, Object> attributes, GrpcCall call)
            throws IOException, InterruptedException {
        while (!above.isEmpty()) {
            Node next = above.pollFirst();
            one(root.resolve(next.path()), next.path(), next.attributes(), call);
        }
        one(file, path, attributes, call);
    }

    private void one(Path file, String path, Map<String, Object> attributes, GrpcCall call)
            throws IOException, InterruptedException {
        int mode = mode(attributes);
        String link = "";
        long size = 0;
        if ((mode & TYPE) == LINK) {
            link = Files.readSymbolicLink(file).toString();
        } else if ((mode & TYPE) == REGULAR) {
            size = number(attributes, "size");
            if (number(attributes, "nlink") > 1) {
                String first = linked.putIfAbsent(attributes.get("dev") + ":" + attributes.get("ino"), path);
                link = first == null ? "" : first;
            }
        }
        long device = number(attributes, "rdev");
        FileTime modified = (FileTime) requireNonNull(attributes.get("lastModifiedTime"));
        told.add(file);
        unsent.add(new ProtoWriter()
                .message(
                        2,
                        new ProtoWriter()
                                .text(1, path)
                                .number(2, BuildPacket.goMode(mode))
                                .number(5, size)
                                .number(6, modified.to(TimeUnit.NANOSECONDS))
                                .text(7, link)
                                .number(8, (device >> 8) & 0xfff)
                                .number(9, (device & 0xff) | ((device >> 12) & 0xfff00)))
                .toBytes());
        if (unsent.size() >= TOGETHER) {
            call.send(unsent);
            unsent.clear();
        }
    }

    private static int mode(Map<String, Object> attributes) {
        return (int) number(attributes, "mode");
    }

    private static long number(Map<String, Object> attributes, String name) {
        return ((Number) requireNonNull(attributes.get(name))).longValue();
    }

    private void content(int id, GrpcCall call) throws IOException, InterruptedException {
        if (id < 0 || id >= told.size()) {
            throw new IOException("the engine asks for a file that there is not");
        }
        try (InputStream in = Files.newInputStream(told.get(id), LinkOption.NOFOLLOW_LINKS)) {
            for (byte[] piece = in.readNBytes(PIECE); piece.length > 0; piece = in.readNBytes(PIECE)) {
                call.send(data(id).bytes(4, piece));
            }
        }
        call.send(data(id));
    }

    private static ProtoWriter data(int id) {
        return new ProtoWriter().number(1, BuildPacket.DATA).number(3, id);
    }
}
