package dev.naru.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * A rotated log file as gzip (RFC 1952). Its comment tells the inode of the file that it was made of, so that a reader
 * which was in the middle of that one finds out what follows it.
 */
final class LogArchive {
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0x10, 0, 0, 0, 0, 0, (byte) 255};
    private static final String COMMENT = "inode ";
    private static final int COMMENT_LIMIT = 40;
    private static final int CHUNK = 64 << 10;

    private LogArchive() {}

    /** The number by which a file is known however it is named. */
    static long inode(Path file) throws IOException {
        return ((Number) Files.getAttribute(file, "unix:ino")).longValue();
    }

    /** Writes a compressed copy and makes it durable. An interrupt ends it early with an exception. */
    static void write(Path source, long inode, Path target) throws IOException {
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        try (InputStream in = Files.newInputStream(source);
                FileChannel out = FileChannel.open(
                        target,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            put(out, ByteBuffer.wrap(HEADER));
            put(out, ByteBuffer.wrap((COMMENT + inode + '\0').getBytes(StandardCharsets.ISO_8859_1)));
            CRC32 check = new CRC32();
            byte[] plain = new byte[CHUNK];
            byte[] packed = new byte[CHUNK];
            for (int count = in.read(plain); count >= 0; count = in.read(plain)) {
                check.update(plain, 0, count);
                deflater.setInput(plain, 0, count);
                while (!deflater.needsInput()) {
                    put(out, ByteBuffer.wrap(packed, 0, deflater.deflate(packed)));
                }
            }
            deflater.finish();
            while (!deflater.finished()) {
                put(out, ByteBuffer.wrap(packed, 0, deflater.deflate(packed)));
            }
            ByteBuffer end = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            put(
                    out,
                    end.putInt((int) check.getValue())
                            .putInt((int) deflater.getBytesRead())
                            .flip());
            out.force(false);
        } finally {
            deflater.end();
        }
    }

    private static void put(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    /** The inode of the file that it was made of; empty when there is no such archive or another program made it. */
    static OptionalLong origin(Path file) throws IOException {
        byte[] start;
        try (InputStream in = Files.newInputStream(file)) {
            start = in.readNBytes(HEADER.length + COMMENT_LIMIT);
        } catch (NoSuchFileException e) {
            return OptionalLong.empty();
        }
        String text = new String(start, StandardCharsets.ISO_8859_1);
        int end = text.indexOf('\0', HEADER.length);
        if (end < 0 || !text.startsWith(COMMENT, HEADER.length)) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(text.substring(HEADER.length + COMMENT.length(), end)));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
