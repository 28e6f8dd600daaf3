package dev.naru.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** Tar archives in forms that {@link TarWriter} does not write. */
final class RawTar {
    private RawTar() {}

    /** A file with holes in GNU's old format, with two runs. */
    static byte[] sparse(String name, long size, long first, String content, long second, String more) {
        byte[] header = header(name, 'S', content.length() + more.length());
        number(header, 386, first);
        number(header, 398, content.length());
        number(header, 410, second);
        number(header, 422, more.length());
        number(header, 483, size);
        resum(header);
        return join(header, padded(content + more), new byte[1024]);
    }

    /** A file whose name is in an entry before it, as GNU tar writes long ones. */
    static byte[] longName(String name, String content) {
        byte[] announcing = header("././@LongLink", 'L', name.length() + 1);
        byte[] header = header(name.substring(0, 99), '0', content.length());
        return join(announcing, padded(name + "\0"), header, padded(content), new byte[1024]);
    }

    static byte[] header(String name, char type, long size) {
        byte[] header = new byte[512];
        byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(bytes, 0, header, 0, bytes.length);
        text(header, 100, "0000644");
        text(header, 108, "0000000");
        text(header, 116, "0000000");
        text(header, 124, String.format("%011o", size));
        text(header, 136, "14524630000");
        header[156] = (byte) type;
        text(header, 257, "ustar  ");
        resum(header);
        return header;
    }

    private static void text(byte[] block, int offset, String text) {
        System.arraycopy(text.getBytes(StandardCharsets.US_ASCII), 0, block, offset, text.length());
    }

    /** GNU's base-256 form, which has no limit. */
    private static void number(byte[] block, int offset, long value) {
        Arrays.fill(block, offset, offset + 12, (byte) 0);
        ByteBuffer.wrap(block).putLong(offset + 4, value);
        block[offset] = (byte) 0x80;
    }

    static void resum(byte[] block) {
        Arrays.fill(block, 148, 156, (byte) ' ');
        long sum = 0;
        for (int i = 0; i < 512; i++) {
            sum += block[i] & 0xff;
        }
        text(block, 148, String.format("%06o", sum));
        block[154] = 0;
    }

    static byte[] padded(String content) {
        byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
        return Arrays.copyOf(bytes, (bytes.length + 511) / 512 * 512);
    }

    static byte[] join(byte[]... parts) {
        ByteBuffer all = ByteBuffer.allocate(
                Arrays.stream(parts).mapToInt(part -> part.length).sum());
        for (byte[] part : parts) {
            all.put(part);
        }
        return all.array();
    }

    /** Blocks of 512 bytes that a file has on disk. */
    static long blocks(Path file) {
        try (var calls = new dev.naru.linux.FileCalls()) {
            return calls.status(dev.naru.linux.Descriptor.CWD, file.toString())
                    .orElseThrow()
                    .blocks();
        }
    }

    static String read(FileChannel file, long position, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining() && file.read(bytes, position + bytes.position()) > 0) {}
        return new String(bytes.array(), StandardCharsets.ISO_8859_1);
    }
}
