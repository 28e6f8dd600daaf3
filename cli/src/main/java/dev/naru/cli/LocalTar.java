package dev.naru.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.jspecify.annotations.Nullable;

/** Tar streams of our own files, for {@code cp}. What comes out of a container is not trusted: it stays in its place. */
final class LocalTar {
    private LocalTar() {}

    /**
     * Unpacks a stream.
     *
     * @param name what the first path element becomes; null to keep it
     * @param contents whether the first path element is left out
     */
    static void extract(InputStream tar, Path directory, @Nullable String name, boolean contents) throws IOException {
        Path root = directory.toRealPath();
        try (var entries = new TarArchiveInputStream(tar)) {
            TarArchiveEntry entry;
            while ((entry = entries.getNextEntry()) != null) {
                String path = renamed(entry.getName(), name, contents);
                if (!path.isEmpty()) {
                    one(entries, entry, inside(root, path), root, name, contents);
                }
            }
        }
    }

    private static String renamed(String path, @Nullable String name, boolean contents) {
        String plain = path;
        while (plain.startsWith("./") || plain.startsWith("/")) {
            plain = plain.substring(plain.indexOf('/') + 1);
        }
        if (name == null && !contents) {
            return plain;
        }
        int slash = plain.indexOf('/');
        String rest = slash < 0 ? "" : plain.substring(slash + 1);
        if (contents) {
            return rest;
        }
        return rest.isEmpty() ? String.valueOf(name) : name + "/" + rest;
    }

    /** The place of a path below the root, refused when it, or a link on its way, leads out of it. */
    private static Path inside(Path root, String path) throws IOException {
        Path target = root.resolve(path).normalize();
        if (!target.startsWith(root) || target.equals(root)) {
            throw new CliException("the archive wants to write outside of the destination: " + path);
        }
        for (Path parent = target.getParent(); parent != null && !parent.equals(root); parent = parent.getParent()) {
            if (Files.isSymbolicLink(parent)) {
                throw new CliException("the archive wants to write through the link " + parent);
            }
        }
        Files.createDirectories(target.getParent());
        return target;
    }

    private static void one(
            TarArchiveInputStream entries,
            TarArchiveEntry entry,
            Path target,
            Path root,
            @Nullable String name,
            boolean contents)
            throws IOException {
        if (entry.isDirectory()) {
            if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectory(target);
            }
        } else if (entry.isSymbolicLink()) {
            Files.deleteIfExists(target);
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
            return;
        } else if (entry.isLink()) {
            Files.deleteIfExists(target);
            Files.createLink(target, inside(root, renamed(entry.getLinkName(), name, contents)));
            return;
        } else if (entry.isFile()) {
            if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
                throw new CliException("cannot overwrite directory " + target + " with a file");
            }
            Files.copy(entries, target, StandardCopyOption.REPLACE_EXISTING);
        } else {
            // Devices and pipes mean nothing outside of the container.
            return;
        }
        Files.setAttribute(target, "unix:mode", entry.getMode() & 0777, LinkOption.NOFOLLOW_LINKS);
        Files.setLastModifiedTime(target, entry.getLastModifiedTime());
    }

    /**
     * A stream of a file or tree.
     *
     * @param name the first path element; null for the file's own
     * @param contents whether only what is in the directory is packed
     */
    static InputStream stream(Path source, @Nullable String name, boolean contents) throws IOException {
        var in = new PipedInputStream(1 << 16);
        var out = new PipedOutputStream(in);
        Path real = source.toAbsolutePath().normalize();
        String first = contents ? "" : name == null ? String.valueOf(real.getFileName()) : name;
        Thread.ofPlatform().daemon().start(() -> pack(real, first, out));
        return in;
    }

    private static void pack(Path source, String name, OutputStream out) {
        try (var tar = new TarArchiveOutputStream(out)) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            Files.walkFileTree(source, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                        throws IOException {
                    String path = path(source, name, directory);
                    if (!path.isEmpty()) {
                        add(tar, directory, path + "/");
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    add(tar, file, path(source, name, file));
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            // The receiver sees the stream end early and says so.
            System.err.println("naru: cannot read " + source + ": " + e.getMessage());
        }
    }

    private static String path(Path source, String name, Path file) {
        String below = source.relativize(file).toString();
        return below.isEmpty() ? name : name.isEmpty() ? below : name + "/" + below;
    }

    static void add(TarArchiveOutputStream tar, Path file, String path) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(file, "unix:*", LinkOption.NOFOLLOW_LINKS);
        boolean link = Boolean.TRUE.equals(attributes.get("isSymbolicLink"));
        boolean regular = Boolean.TRUE.equals(attributes.get("isRegularFile"));
        if (!link && !regular && !path.endsWith("/")) {
            return;
        }
        var entry = link ? new TarArchiveEntry(path, TarConstants.LF_SYMLINK) : new TarArchiveEntry(path);
        if (link) {
            entry.setLinkName(Files.readSymbolicLink(file).toString());
        }
        entry.setMode((Integer) java.util.Objects.requireNonNull(attributes.get("mode")) & 07777);
        entry.setIds((Integer) java.util.Objects.requireNonNull(attributes.get("uid")), (Integer)
                java.util.Objects.requireNonNull(attributes.get("gid")));
        entry.setModTime((FileTime) java.util.Objects.requireNonNull(attributes.get("lastModifiedTime")));
        if (regular) {
            entry.setSize((Long) java.util.Objects.requireNonNull(attributes.get("size")));
        }
        tar.putArchiveEntry(entry);
        if (regular) {
            Files.copy(file, tar);
        }
        tar.closeArchiveEntry();
    }
}
