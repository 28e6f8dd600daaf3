package dev.naru.buildkit;

import dev.naru.build.ReadableTree;
import dev.naru.build.TreeFile;
import dev.naru.build.Wildcard;
import dev.naru.error.NaruException;
import dev.naru.grpc.GrpcException;
import dev.naru.grpc.GrpcStatus;
import dev.naru.grpc.ProtoFields;
import dev.naru.grpc.ProtoWriter;
import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileStatus;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** What frontends read of file trees. Links are followed within the tree. */
final class TreeAnswers {
    static final int LARGEST_FILE = 16 << 20;

    private TreeAnswers() {}

    /** A path that a frontend gave, without what stands before the root's own. */
    static String path(String given) {
        String relative = given.replaceAll("^[/.]*/+", "").replaceAll("/+$", "");
        return relative.equals(".") ? "" : relative;
    }

    static GrpcException missing(String path) {
        return new GrpcException(GrpcStatus.NOT_FOUND, "open " + path + ": no such file or directory");
    }

    /**
     * moby.buildkit.v1.frontend.ReadFileResponse
     *
     * @param range offset and length, 0 for all
     */
    static ProtoWriter file(ReadableTree tree, String path, ProtoFields range) throws IOException {
        String at = tree.resolve(FileCalls.bytes(path), true);
        TreeFile file = found(tree, at, path);
        if ((file.mode() & FileStatus.TYPE) != FileStatus.REGULAR) {
            throw NaruException.invalid("read " + path + ": it is not a regular file");
        }
        long length = range.number(2);
        try (Descriptor opened = tree.open(at);
                var channel = FileChannel.open(Path.of(opened.path()));
                var in = Channels.newInputStream(channel.position(Math.max(0, range.number(1))))) {
            boolean all = length <= 0 || length > LARGEST_FILE;
            byte[] content = in.readNBytes(all ? LARGEST_FILE + 1 : (int) length);
            if (content.length > LARGEST_FILE) {
                throw NaruException.invalid("\"" + path + "\" is larger than 16 MiB");
            }
            return new ProtoWriter().bytes(1, content);
        }
    }

    /** moby.buildkit.v1.frontend.StatFileResponse */
    static ProtoWriter status(ReadableTree tree, String path) {
        String at = tree.resolve(FileCalls.bytes(path), true);
        return new ProtoWriter().bytes(1, stat(at, found(tree, at, path)));
    }

    /** moby.buildkit.v1.frontend.ReadDirResponse */
    static ProtoWriter directory(ReadableTree tree, String path, String pattern) {
        String at = tree.resolve(FileCalls.bytes(path), true);
        found(tree, at, path);
        var answer = new ProtoWriter();
        for (String name : tree.list(at)) {
            if (pattern.isEmpty() || Wildcard.matches(pattern, FileCalls.text(name))) {
                tree.file(ReadableTree.join(at, name)).ifPresent(file -> answer.element(1, stat(name, file)));
            }
        }
        return answer;
    }

    private static TreeFile found(ReadableTree tree, String at, String path) {
        return tree.file(at).orElseThrow(() -> missing("/" + path));
    }

    private static byte[] stat(String at, TreeFile file) {
        try {
            return ProtoFields.of(FilePacket.stat(at.substring(at.lastIndexOf('/') + 1), file)
                            .toBytes())
                    .bytes(2);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
