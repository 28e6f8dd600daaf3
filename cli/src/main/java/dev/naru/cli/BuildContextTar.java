package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import dev.naru.build.PathPatterns;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;

/** The files of a directory that a build may see, as a tar stream: without what {@code .dockerignore} names. */
final class BuildContextTar {
    private final Path directory;
    private final PathPatterns ignored;
    private final Set<String> always;
    private final byte @Nullable [] foreignFile;
    private final String foreignName;

    /**
     * Reads which files are ignored.
     *
     * @param buildFile the Dockerfile as the option names it
     * @param foreignFile the Dockerfile's content when it lies outside of the directory
     * @param foreignName its name in the stream then
     */
    BuildContextTar(Path directory, String buildFile, byte @Nullable [] foreignFile, String foreignName)
            throws IOException {
        this.directory = requireNonNull(directory, "directory");
        this.foreignFile = foreignFile;
        this.foreignName = requireNonNull(foreignName, "foreignName");
        Path own = directory.resolve(buildFile + ".dockerignore");
        Path file = foreignFile == null && Files.isRegularFile(own) ? own : directory.resolve(".dockerignore");
        this.ignored = Files.isRegularFile(file)
                ? PathPatterns.ofIgnoreFile(Files.readString(file, StandardCharsets.UTF_8))
                : PathPatterns.of(java.util.List.of());
        // The builder reads them even where a pattern takes them out of the context.
        this.always = Set.of(buildFile, ".dockerignore", buildFile + ".dockerignore");
    }

    /** A stream that is made while it is read; a file that cannot be read breaks it. */
    InputStream stream() throws IOException {
        var failure = new IOException[1];
        var in = new PipedInputStream(1 << 18) {
            @Override
            public synchronized int read(byte[] bytes, int offset, int length) throws IOException {
                int count = super.read(bytes, offset, length);
                if (count < 0 && failure[0] != null) {
                    throw failure[0];
                }
                return count;
            }
        };
        var out = new PipedOutputStream(in);
        Thread.ofPlatform().daemon().start(() -> {
            try (out) {
                pack(out);
            } catch (IOException e) {
                failure[0] = e;
            }
        });
        return in;
    }

    private void pack(OutputStream out) throws IOException {
        try (var tar = new TarArchiveOutputStream(out)) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            if (foreignFile != null) {
                var entry = new TarArchiveEntry(foreignName);
                entry.setSize(foreignFile.length);
                tar.putArchiveEntry(entry);
                tar.write(foreignFile);
                tar.closeArchiveEntry();
            }
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path each, BasicFileAttributes attributes) throws IOException {
                    String path = directory.relativize(each).toString();
                    if (path.isEmpty()) {
                        return FileVisitResult.CONTINUE;
                    }
                    if (!ignored.matches(path)) {
                        LocalTar.add(tar, each, path + "/");
                        return FileVisitResult.CONTINUE;
                    }
                    boolean needed = always.stream().anyMatch(name -> name.startsWith(path + "/"));
                    return needed || ignored.mayExceptBelow(path)
                            ? FileVisitResult.CONTINUE
                            : FileVisitResult.SKIP_SUBTREE;
                }

                @Override
                public FileVisitResult visitFile(Path each, BasicFileAttributes attributes) throws IOException {
                    String path = directory.relativize(each).toString();
                    if (always.contains(path) || !ignored.matches(path)) {
                        LocalTar.add(tar, each, path);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        }
    }
}
