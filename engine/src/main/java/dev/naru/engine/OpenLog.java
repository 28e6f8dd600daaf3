package dev.naru.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** A log file that stays readable whatever becomes of its name. */
final class OpenLog implements AutoCloseable {
    private static final int ATTEMPTS = 10;
    private static final int BUFFER = 64 << 10;

    private final Path file;
    private final Object key;
    private final boolean compressed;
    private FileChannel channel;
    private boolean expanded;
    private final long inode;
    private @Nullable InputStream packed;

    private OpenLog(Path file, FileChannel channel, Object key, long inode, boolean compressed) {
        this.inode = inode;
        this.file = file;
        this.channel = channel;
        this.key = key;
        this.compressed = compressed;
    }

    /** Empty when there is no such file. */
    static Optional<OpenLog> open(Path file, boolean compressed) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                Object before = key(file);
                long inode = LogArchive.inode(file);
                FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                OpenLog opened = new OpenLog(file, channel, before, inode, compressed);
                if (opened.isAt(file)) {
                    return Optional.of(opened);
                }
                opened.close();
            } catch (NoSuchFileException e) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static Object key(Path file) throws IOException {
        Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return key == null ? file : key;
    }

    /** Whether this is the file of that name now. */
    boolean isAt(Path name) throws IOException {
        try {
            return key.equals(key(name));
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Whether the compressed file, or what this was read from itself, came of the same log. */
    boolean isOriginOf(Path archive) throws IOException {
        if (compressed) {
            // Nothing is made of it any more; that an archive names its inode is chance: the number was another file's
            // before.
            return isAt(archive);
        }
        var origin = LogArchive.origin(archive);
        return origin.isPresent() && origin.getAsLong() == inode;
    }

    /** Its entries, which for a compressed file are put into a nameless one first. */
    FileChannel channel() throws IOException {
        if (compressed && !expanded) {
            FileChannel plain = expand();
            channel.close();
            channel = plain;
            expanded = true;
        }
        return channel;
    }

    private FileChannel expand() throws IOException {
        Path target = Files.createTempFile(file.getParent(), ".log", "");
        FileChannel plain = FileChannel.open(
                target, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        try (InputStream source = new GZIPInputStream(Channels.newInputStream(channel), BUFFER)) {
            OutputStream sink = Channels.newOutputStream(plain);
            source.transferTo(sink);
            return plain.position(0);
        } catch (IOException e) {
            plain.close();
            throw e;
        }
    }

    /** Its content from the channel's position on; a compressed one is unpacked on the way when nobody has sought in it. */
    InputStream input() throws IOException {
        if (!compressed || expanded) {
            return Channels.newInputStream(channel());
        }
        if (packed == null) {
            packed = new GZIPInputStream(Channels.newInputStream(channel), BUFFER);
        }
        return packed;
    }

    /**
     * Goes back before an entry whose beginning was read and which was cut off since, as happens when the disk is full.
     *
     * @param pending how many bytes of it were read
     */
    boolean rewindWhenCut(int pending) throws IOException {
        if (compressed || channel.size() >= channel.position()) {
            return false;
        }
        channel.position(Math.min(channel.size(), channel.position() - pending));
        return true;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
