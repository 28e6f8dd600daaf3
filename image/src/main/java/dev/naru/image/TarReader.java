package dev.naru.image;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a tar stream: ustar, pax, GNU long names and the four sparse formats. The stream is hostile: every size is
 * bounded before memory is taken for it.
 */
public final class TarReader implements AutoCloseable {
    private static final int BUFFER = 256 * 1024;
    private static final int LARGEST_HEADER = 4 * 1024 * 1024;
    private static final int MOST_RUNS = 1_000_000;

    private final ReadableByteChannel source;
    private final Arena arena = Arena.ofConfined();
    private final ByteBuffer buffer;
    private final byte[] block = new byte[TarField.BLOCK];
    private final PaxRecords global = new PaxRecords();
    private long remaining;
    private int padding;
    private boolean ended;
    private int entriesLeft;

    /** Reads a plain stream. */
    public TarReader(ReadableByteChannel source) {
        this(source, Integer.MAX_VALUE);
    }

    /** A reader that refuses an archive of more entries. */
    TarReader(ReadableByteChannel source, int mostEntries) {
        this.source = source;
        this.entriesLeft = mostEntries;
        this.buffer = arena.allocate(BUFFER, 4096).asByteBuffer();
        buffer.limit(0);
    }

    /** The next entry, what remains of the last one skipped; null at the end. */
    public @Nullable TarEntry next() {
        try {
            skip();
            TarEntry next = ended ? null : entry();
            if (next != null && entriesLeft-- == 0) {
                throw TarField.malformed("it has too many entries");
            }
            return next;
        } catch (EOFException cut) {
            throw new NaruException(ErrorKind.INVALID, "invalid tar archive", "unexpected EOF", null, cut);
        } catch (IOException failure) {
            throw Failures.reading(failure);
        }
    }

    /** The next piece of the entry's content, valid until the next call; null at its end. */
    public @Nullable ByteBuffer data() {
        if (remaining == 0) {
            return null;
        }
        try {
            if (!buffer.hasRemaining() && !fill()) {
                throw new EOFException();
            }
        } catch (EOFException cut) {
            throw new NaruException(ErrorKind.INVALID, "invalid tar archive", "unexpected EOF", null, cut);
        } catch (IOException failure) {
            throw Failures.reading(failure);
        }
        int size = (int) Math.min(remaining, buffer.remaining());
        ByteBuffer piece = buffer.slice(buffer.position(), size);
        buffer.position(buffer.position() + size);
        remaining -= size;
        return piece;
    }

    /** All of the entry's content, which may have {@code limit} bytes at most. */
    byte[] content(long limit, String name) {
        if (remaining > limit) {
            throw TarField.malformed(name + " has " + remaining + " bytes, more than " + limit);
        }
        byte[] content = new byte[(int) remaining];
        int at = 0;
        for (ByteBuffer piece = data(); piece != null; piece = data()) {
            int size = piece.remaining();
            piece.get(content, at, size);
            at += size;
        }
        return content;
    }

    /** Reads to the very end of the stream, so that digests of it are of the whole. */
    void drain() {
        try {
            do {
                buffer.position(buffer.limit());
            } while (fill());
        } catch (IOException failure) {
            throw Failures.reading(failure);
        }
    }

    private void skip() throws IOException {
        while (remaining > 0) {
            data();
        }
        for (int left = padding; left > 0; ) {
            if (!buffer.hasRemaining() && !fill()) {
                break;
            }
            int size = Math.min(left, buffer.remaining());
            buffer.position(buffer.position() + size);
            left -= size;
        }
        padding = 0;
    }

    private boolean fill() throws IOException {
        buffer.clear();
        int count;
        do {
            count = source.read(buffer);
        } while (count == 0);
        buffer.flip();
        return count > 0;
    }

    /** One block; false at the end of the stream. */
    private boolean block() throws IOException {
        int at = 0;
        while (at < block.length) {
            if (!buffer.hasRemaining() && !fill()) {
                if (at == 0) {
                    return false;
                }
                throw new EOFException();
            }
            int size = Math.min(block.length - at, buffer.remaining());
            buffer.get(block, at, size);
            at += size;
        }
        return true;
    }

    private @Nullable TarEntry entry() throws IOException {
        var pax = new PaxRecords();
        pax.addAll(global);
        String longName = null;
        String longLink = null;
        while (true) {
            if (!block() || TarField.isZero(block)) {
                ended = true;
                return null;
            }
            if (!TarField.checksumHolds(block)) {
                throw TarField.malformed("a header's checksum is wrong");
            }
            switch (block[156]) {
                case 'x' -> pax.parse(headerContent());
                case 'g' -> {
                    byte[] content = headerContent();
                    global.parse(content);
                    pax.parse(content);
                }
                case 'L' -> longName = longText();
                case 'K' -> longLink = longText();
                default -> {
                    return entry(pax, longName, longLink);
                }
            }
        }
    }

    private String longText() throws IOException {
        byte[] content = headerContent();
        return TarField.text(content, 0, content.length);
    }

    private byte[] headerContent() throws IOException {
        long size = TarField.number(block, 124, 12);
        if (size < 0 || size > LARGEST_HEADER) {
            throw TarField.malformed("an extended header has " + size + " bytes");
        }
        begin(size);
        byte[] content = content(LARGEST_HEADER, "an extended header");
        skip();
        return content;
    }

    private void begin(long size) {
        remaining = size;
        padding = (int) ((TarField.BLOCK - size % TarField.BLOCK) % TarField.BLOCK);
    }

    private TarEntry entry(PaxRecords pax, @Nullable String longName, @Nullable String longLink) throws IOException {
        byte flag = block[156];
        long size = pax.number("size", TarField.number(block, 124, 12));
        if (size < 0) {
            throw TarField.malformed("an entry has a negative size");
        }
        String name = name(pax, longName);
        TarEntry.Type type = type(flag, name);
        String link = first(pax.get("linkpath"), longLink, TarField.text(block, 157, 100));
        int mode = (int) TarField.number(block, 100, 8) & 07777;
        long uid = pax.number("uid", TarField.number(block, 108, 8));
        long gid = pax.number("gid", TarField.number(block, 116, 8));
        String mtime = pax.get("mtime");
        long[] modified = mtime == null ? new long[] {TarField.number(block, 136, 12), 0} : PaxRecords.time(mtime);
        boolean device = type == TarEntry.Type.CHARACTER_DEVICE || type == TarEntry.Type.BLOCK_DEVICE;
        int major = device ? (int) TarField.number(block, 329, 8) : 0;
        int minor = device ? (int) TarField.number(block, 337, 8) : 0;
        // Links and devices may state a size without having content (POSIX, ustar, size).
        begin(type == TarEntry.Type.FILE ? size : 0);
        long realSize = remaining;
        List<TarEntry.Run> sparse = null;
        if (flag == 'S') {
            realSize = TarField.number(block, 483, 12);
            sparse = oldRuns();
        } else if (type == TarEntry.Type.FILE) {
            realSize = pax.number("GNU.sparse.realsize", pax.number("GNU.sparse.size", remaining));
            sparse = "1".equals(pax.get("GNU.sparse.major")) ? leadingRuns() : pax.sparse();
        }
        if (sparse != null) {
            checkRuns(sparse, realSize);
        }
        return new TarEntry(
                name,
                type,
                mode,
                uid,
                gid,
                remaining,
                modified[0],
                (int) modified[1],
                link,
                major,
                minor,
                pax.xattrs(),
                sparse,
                realSize);
    }

    private String name(PaxRecords pax, @Nullable String longName) {
        String sparse = pax.get("GNU.sparse.name");
        if (sparse != null) {
            return sparse;
        }
        String name = TarField.text(block, 0, 100);
        // Only ustar has a prefix here: GNU's own format keeps times in its place.
        boolean ustar = block[257] == 'u' && block[262] == 0;
        String prefix = ustar ? TarField.text(block, 345, 155) : "";
        return first(pax.get("path"), longName, prefix.isEmpty() ? name : prefix + "/" + name);
    }

    private static String first(@Nullable String a, @Nullable String b, String c) {
        return a != null ? a : b != null ? b : c;
    }

    private static TarEntry.Type type(byte flag, String name) {
        return switch (flag) {
            case 0, '0', '7', 'S' -> name.endsWith("/") && flag != 'S' ? TarEntry.Type.DIRECTORY : TarEntry.Type.FILE;
            case '1' -> TarEntry.Type.HARD_LINK;
            case '2' -> TarEntry.Type.SYMBOLIC_LINK;
            case '3' -> TarEntry.Type.CHARACTER_DEVICE;
            case '4' -> TarEntry.Type.BLOCK_DEVICE;
            case '5' -> TarEntry.Type.DIRECTORY;
            case '6' -> TarEntry.Type.FIFO;
            default -> throw TarField.malformed("an entry has the unknown type " + (char) flag);
        };
    }

    private List<TarEntry.Run> oldRuns() throws IOException {
        var runs = new ArrayList<TarEntry.Run>();
        long size = remaining;
        boolean more = block[482] != 0;
        addRuns(runs, 386, 4);
        while (more) {
            if (runs.size() > MOST_RUNS || !block()) {
                throw TarField.malformed("a sparse file's map does not end");
            }
            more = block[504] != 0;
            addRuns(runs, 0, 21);
        }
        begin(size);
        return runs;
    }

    private void addRuns(List<TarEntry.Run> runs, int offset, int count) {
        for (int i = 0; i < count; i++) {
            int at = offset + 24 * i;
            if (block[at] == 0) {
                return;
            }
            runs.add(new TarEntry.Run(TarField.number(block, at, 12), TarField.number(block, at + 12, 12)));
        }
    }

    /** GNU sparse 1.0: the map is text at the beginning of the content, padded to a block. */
    private List<TarEntry.Run> leadingRuns() throws IOException {
        long size = remaining;
        var numbers = new ArrayList<Long>();
        long count = -1;
        var digits = new StringBuilder();
        while (count < 0 || numbers.size() < 2 * count) {
            if (size < TarField.BLOCK || !block()) {
                throw TarField.malformed("a sparse file's map does not end");
            }
            size -= TarField.BLOCK;
            for (int i = 0; i < block.length && (count < 0 || numbers.size() < 2 * count); i++) {
                if (block[i] != '\n') {
                    digits.append((char) block[i]);
                    if (digits.length() > 20) {
                        throw TarField.malformed("a sparse file's map is broken");
                    }
                    continue;
                }
                long number = PaxRecords.decimal(digits.toString());
                digits.setLength(0);
                if (count >= 0) {
                    numbers.add(number);
                } else if (number > MOST_RUNS || number < 0) {
                    throw TarField.malformed("a sparse file has " + number + " runs");
                } else {
                    count = number;
                }
            }
        }
        begin(size);
        var runs = new ArrayList<TarEntry.Run>();
        for (int i = 0; i < numbers.size(); i += 2) {
            runs.add(new TarEntry.Run(numbers.get(i), numbers.get(i + 1)));
        }
        return runs;
    }

    private void checkRuns(List<TarEntry.Run> runs, long realSize) {
        long end = 0;
        long sum = 0;
        for (TarEntry.Run run : runs) {
            boolean inOrder = run.offset() >= end && run.length() >= 0 && run.length() <= realSize - run.offset();
            if (!inOrder) {
                throw TarField.malformed("a sparse file's map is broken");
            }
            end = run.offset() + run.length();
            sum += run.length();
        }
        if (sum != remaining || realSize < end) {
            throw TarField.malformed("a sparse file's map is broken");
        }
    }

    /** Frees the buffer; the source stays open. */
    @Override
    public void close() {
        arena.close();
    }
}
