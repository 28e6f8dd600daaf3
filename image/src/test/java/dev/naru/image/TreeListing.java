package dev.naru.image;

import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileStatus;
import dev.naru.oci.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Everything that can be seen of a tree, one line a file, for comparing two. */
final class TreeListing {
    private final FileCalls calls = new FileCalls();
    private final List<String> lines = new ArrayList<>();
    private final Map<FileStatus.Identity, String> linked = new HashMap<>();

    private TreeListing() {}

    /** The lines of a tree. */
    static List<String> of(Path root) {
        var listing = new TreeListing();
        try (var directory = Descriptor.open(root.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            listing.add(directory, ".", "");
            listing.walk(directory, "");
        }
        listing.calls.close();
        return listing.lines;
    }

    private void walk(Descriptor directory, String path) {
        for (String name : calls.list(directory.number()).stream().sorted().toList()) {
            FileStatus status = add(directory, name, path + "/" + name);
            if (status.isDirectory()) {
                try (Descriptor below =
                        calls.open(directory.number(), name, Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
                    walk(below, path + "/" + name);
                }
            }
        }
    }

    private FileStatus add(Descriptor directory, String name, String path) {
        FileStatus status = calls.status(directory.number(), name).orElseThrow();
        var line = new StringBuilder(path);
        line.append(" mode=").append(Integer.toOctalString(status.mode()));
        line.append(" owner=").append(status.uid()).append(':').append(status.gid());
        // A whiteout's time is that of its making, and nobody sees it.
        line.append(" time=").append(status.isWhiteout() ? "" : status.modified() + "." + status.nanos());
        if (!status.isDirectory()) {
            line.append(" size=").append(status.size()).append(" links=").append(status.links());
            line.append(" same=").append(linked.computeIfAbsent(status.identity(), each -> path));
        }
        line.append(" device=").append(status.rdevMajor()).append(':').append(status.rdevMinor());
        for (String attribute :
                calls.listXattrs(directory.number(), name).stream().sorted().toList()) {
            byte[] value = calls.getXattr(directory.number(), name, attribute).orElseThrow();
            line.append(' ')
                    .append(attribute)
                    .append('=')
                    .append(
                            value.length > 20
                                    ? Digest.of(value).hex()
                                    : HexFormat.of().formatHex(value));
        }
        if (status.isSymbolicLink()) {
            line.append(" -> ").append(calls.readLink(directory.number(), name).hashCode());
        }
        if (status.isRegular()) {
            line.append(' ').append(content(directory, name));
        }
        lines.add(line.toString());
        return status;
    }

    private String content(Descriptor directory, String name) {
        try (Descriptor file = calls.open(directory.number(), name, Descriptor.O_RDONLY, 0)) {
            return Digest.of(Files.readAllBytes(Path.of(file.path()))).hex();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
