package dev.naru.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Writes a tar stream: ustar where it suffices, otherwise with pax records (POSIX.1-2017, pax Interchange Format). */
public final class TarWriter {
    private static final long LARGEST_OCTAL = 077777777777L;
    private static final int LARGEST_ID = 07777777;

    private final OutputStream out;
    private long padding;

    /** @param out stays open */
    public TarWriter(OutputStream out) {
        this.out = out;
    }

    /** Begins an entry; for a file its content follows by {@link #write}. */
    public void begin(TarEntry entry) throws IOException {
        pad();
        Map<String, String> records = records(entry);
        if (!records.isEmpty()) {
            byte[] content = encode(records);
            header(entry, "PaxHeaders/" + tail(entry.name(), 80), 'x', content.length, "");
            out.write(content);
            padding = padding(content.length);
            pad();
        }
        boolean file = entry.type() == TarEntry.Type.FILE;
        header(entry, entry.name(), flag(entry.type()), file ? entry.size() : 0, entry.link());
        padding = file ? padding(entry.size()) : 0;
    }

    /** A part of the content of the entry that was begun. */
    public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
    }

    /** Writes exactly as many bytes as the header says, also when the file is being written to. */
    void write(InputStream in, long size, byte[] buffer) throws IOException {
        long left = size;
        while (left > 0) {
            int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (count < 0) {
                Arrays.fill(buffer, (byte) 0);
                count = (int) Math.min(buffer.length, left);
            }
            out.write(buffer, 0, count);
            left -= count;
        }
    }

    /** Writes a whole small file. */
    void file(TarEntry entry, byte[] content) throws IOException {
        begin(entry);
        out.write(content);
    }

    /** Ends the archive; the stream stays open. */
    public void finish() throws IOException {
        pad();
        out.write(new byte[2 * TarField.BLOCK]);
        out.flush();
    }

    private void pad() throws IOException {
        out.write(new byte[(int) padding]);
        padding = 0;
    }

    private static long padding(long size) {
        return (TarField.BLOCK - size % TarField.BLOCK) % TarField.BLOCK;
    }

    private static Map<String, String> records(TarEntry entry) {
        var records = new TreeMap<String, String>();
        if (!isPlain(entry.name(), 100)) {
            records.put("path", entry.name());
        }
        if (!isPlain(entry.link(), 100)) {
            records.put("linkpath", entry.link());
        }
        if (entry.size() > LARGEST_OCTAL) {
            records.put("size", Long.toString(entry.size()));
        }
        if (entry.uid() > LARGEST_ID) {
            records.put("uid", Long.toString(entry.uid()));
        }
        if (entry.gid() > LARGEST_ID) {
            records.put("gid", Long.toString(entry.gid()));
        }
        if (entry.nanos() != 0 || entry.modified() < 0 || entry.modified() > LARGEST_OCTAL) {
            records.put("mtime", time(entry.modified(), entry.nanos()));
        }
        entry.xattrs()
                .forEach((name, value) ->
                        records.put("SCHILY.xattr." + name, new String(value, StandardCharsets.ISO_8859_1)));
        return records;
    }

    private static boolean isPlain(String name, int limit) {
        return name.length() <= limit && name.chars().allMatch(c -> c < 128);
    }

    private static String time(long seconds, int nanos) {
        if (nanos == 0) {
            return Long.toString(seconds);
        }
        boolean negative = seconds < 0;
        long whole = negative ? -(seconds + 1) : seconds;
        int fraction = negative ? 1_000_000_000 - nanos : nanos;
        String digits = Integer.toString(1_000_000_000 + fraction).substring(1).replaceAll("0+$", "");
        return (negative ? "-" : "") + whole + "." + digits;
    }

    private static byte[] encode(Map<String, String> records) {
        var text = new StringBuilder();
        records.forEach((key, value) -> {
            int rest = key.length() + value.length() + 3;
            int length = rest + Integer.toString(rest).length();
            if (Integer.toString(length).length() > Integer.toString(rest).length()) {
                length++;
            }
            text.append(length)
                    .append(' ')
                    .append(key)
                    .append('=')
                    .append(value)
                    .append('\n');
        });
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private void header(TarEntry entry, String name, char flag, long size, String link) throws IOException {
        byte[] block = new byte[TarField.BLOCK];
        boolean device = entry.type() == TarEntry.Type.CHARACTER_DEVICE || entry.type() == TarEntry.Type.BLOCK_DEVICE;
        text(block, 0, 100, tail(name, 100));
        octal(block, 100, 8, entry.mode());
        octal(block, 108, 8, Math.min(entry.uid(), LARGEST_ID));
        octal(block, 116, 8, Math.min(entry.gid(), LARGEST_ID));
        octal(block, 124, 12, Math.min(size, LARGEST_OCTAL));
        octal(block, 136, 12, Math.clamp(entry.modified(), 0, LARGEST_OCTAL));
        block[156] = (byte) flag;
        text(block, 157, 100, tail(link, 100));
        text(block, 257, 8, "ustar\00000");
        octal(block, 329, 8, device ? entry.major() : 0);
        octal(block, 337, 8, device ? entry.minor() : 0);
        Arrays.fill(block, 148, 156, (byte) ' ');
        long sum = 0;
        for (byte each : block) {
            sum += each & 0xff;
        }
        octal(block, 148, 7, sum);
        out.write(block);
    }

    private static String tail(String name, int limit) {
        return name.length() <= limit ? name : name.substring(name.length() - limit);
    }

    private static void text(byte[] block, int offset, int length, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(bytes, 0, block, offset, Math.min(length, bytes.length));
    }

    private static void octal(byte[] block, int offset, int length, long value) {
        String digits = Long.toOctalString(value);
        text(block, offset, length, "0".repeat(Math.max(0, length - 1 - digits.length())) + digits);
    }

    private static char flag(TarEntry.Type type) {
        return switch (type) {
            case FILE -> '0';
            case HARD_LINK -> '1';
            case SYMBOLIC_LINK -> '2';
            case CHARACTER_DEVICE -> '3';
            case BLOCK_DEVICE -> '4';
            case DIRECTORY -> '5';
            case FIFO -> '6';
        };
    }
}
