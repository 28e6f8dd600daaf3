package dev.naru.image;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/** Inflates gzip of one or several members (RFC 1952), in bulk and without copies. */
final class GzipChannel implements ReadableByteChannel {
    private final ReadableByteChannel source;
    private final ByteBuffer input = ByteBuffer.allocateDirect(64 * 1024).limit(0);
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private boolean inMember;
    private boolean first = true;

    GzipChannel(ReadableByteChannel source) {
        this.source = source;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (!target.hasRemaining()) {
            return 0;
        }
        while (true) {
            if (!inMember && !beginMember()) {
                return -1;
            }
            int count = inflate(target);
            if (count > 0) {
                return count;
            }
        }
    }

    private int inflate(ByteBuffer target) throws IOException {
        if (!input.hasRemaining() && !inflater.finished() && !fill()) {
            throw new EOFException("the gzip stream is cut off");
        }
        int start = target.position();
        int count;
        try {
            inflater.setInput(input);
            count = inflater.inflate(target);
        } catch (DataFormatException broken) {
            throw new IOException("the gzip stream is broken: " + broken.getMessage(), broken);
        }
        crc.update(target.slice(start, count));
        if (inflater.needsDictionary()) {
            throw new ZipException("the gzip stream is broken: it wants a dictionary");
        }
        if (inflater.finished()) {
            endMember();
        }
        return count;
    }

    private boolean beginMember() throws IOException {
        // Zeros after the last member are padding, which gzip(1) ignores as well.
        do {
            if (!input.hasRemaining() && !fill()) {
                return false;
            }
        } while (!first && input.get(input.position()) == 0 && input.get() == 0);
        if (octet() != 0x1f || octet() != 0x8b || octet() != 8) {
            throw new ZipException("the gzip stream is broken: no header");
        }
        int flags = octet();
        for (int i = 0; i < 6; i++) {
            octet();
        }
        if ((flags & 4) != 0) {
            int length = octet() | octet() << 8;
            for (int i = 0; i < length; i++) {
                octet();
            }
        }
        skipText((flags & 8) != 0);
        skipText((flags & 16) != 0);
        if ((flags & 2) != 0) {
            octet();
            octet();
        }
        inflater.reset();
        crc.reset();
        inMember = true;
        first = false;
        return true;
    }

    private void skipText(boolean present) throws IOException {
        if (present) {
            while (octet() != 0) {}
        }
    }

    private void endMember() throws IOException {
        long expected = word();
        long size = word();
        if (expected != crc.getValue() || size != (inflater.getBytesWritten() & 0xffffffffL)) {
            throw new ZipException("the gzip stream is broken: its checksum is wrong");
        }
        inMember = false;
    }

    private long word() throws IOException {
        return octet() | (long) octet() << 8 | (long) octet() << 16 | (long) octet() << 24;
    }

    private int octet() throws IOException {
        if (!input.hasRemaining() && !fill()) {
            throw new EOFException("the gzip stream is cut off");
        }
        return input.get() & 0xff;
    }

    private boolean fill() throws IOException {
        input.clear();
        int count;
        do {
            count = source.read(input);
        } while (count == 0);
        input.flip();
        return count > 0;
    }

    @Override
    public boolean isOpen() {
        return source.isOpen();
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        source.close();
    }
}
