package dev.naru.registryserver;

import static java.util.Objects.requireNonNull;

import dev.naru.store.RunningDigest;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A blob that arrives, and its readers who need not wait for its end. The last bytes are given out when the digest has
 * been found right, so that nobody has a whole blob that is a wrong one. What has come stays when the rest does not: the
 * next download of the same blob goes on there.
 */
final class Download implements AutoCloseable {
    static final String SUFFIX = ".part";

    private static final int PIECE = 256 << 10;

    /** It makes no sense to go on with what has come. */
    static final class Unusable extends IOException {
        private static final long serialVersionUID = 1;

        Unusable(String message) {
            super(message);
        }

        Unusable(String message, IOException cause) {
            super(message, cause);
        }
    }

    private final String digest;
    private final Path file;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable FileChannel channel;
    private int users = 2;
    private long size = -1;
    private long received;
    private boolean verified;
    private @Nullable Exception failure;

    /** Has two users: who fetches, and the reader who began. */
    Download(Path directory, String digest) {
        this.digest = requireNonNull(digest, "digest");
        this.file = directory.resolve(digest.replace(':', '-') + SUFFIX);
    }

    String digest() {
        return digest;
    }

    Path file() {
        return file;
    }

    /** Bytes that a download before this one left. */
    long kept() throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    /** In bytes; waits until it is known. */
    long size() throws IOException {
        lock.lock();
        try {
            while (size < 0) {
                await();
            }
            return size;
        } finally {
            lock.unlock();
        }
    }

    /** Becomes one more reader; false when it has ended. */
    boolean join() {
        lock.lock();
        try {
            if (users == 0 || failure != null) {
                return false;
            }
            users++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    void begin(long bytes) throws IOException {
        lock.lock();
        try {
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            size = bytes;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes in what a download before this one left. */
    void takeKept(RunningDigest hash) throws IOException {
        FileChannel kept = requireNonNull(channel);
        ByteBuffer piece = ByteBuffer.allocate(PIECE);
        long at = 0;
        for (int count = kept.read(piece, at); count >= 0; count = kept.read(piece.clear(), at)) {
            hash.update(piece.array(), 0, count);
            at += count;
        }
        arrived(at);
    }

    /**
     * Receives what follows, up to the end of the stream.
     *
     * @throws Unusable when it is more than was announced, or cannot be kept
     */
    void receive(InputStream content, RunningDigest hash) throws IOException {
        byte[] piece = new byte[PIECE];
        for (int count = content.read(piece); count >= 0; count = content.read(piece)) {
            if (received + count > size) {
                throw new Unusable("blob " + digest + " is larger than announced");
            }
            hash.update(piece, 0, count);
            try {
                write(piece, count);
            } catch (IOException full) {
                throw new Unusable("cannot keep blob " + digest + ": " + full.getMessage(), full);
            }
        }
    }

    long received() {
        return received;
    }

    boolean isWhole() {
        return received == size;
    }

    /** @throws Unusable when it has another digest */
    void verify(RunningDigest hash) throws IOException {
        String actual = hash.digest();
        if (!actual.equals(digest)) {
            throw new Unusable("blob " + digest + " came with the digest " + actual);
        }
    }

    private void write(byte[] piece, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(piece, 0, count);
        long at = received;
        while (bytes.hasRemaining()) {
            at += requireNonNull(channel).write(bytes, at);
        }
        arrived(at);
    }

    private void arrived(long bytes) {
        lock.lock();
        try {
            received = bytes;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes the file away, if it is there still; who reads it goes on reading. */
    void discard() throws IOException {
        Files.deleteIfExists(file);
    }

    void succeed() {
        lock.lock();
        try {
            verified = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void fail(Exception reason) {
        lock.lock();
        try {
            failure = reason;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Writes all of it, as it arrives. */
    void copyTo(OutputStream out) throws IOException {
        ByteBuffer piece = ByteBuffer.allocate(PIECE);
        long at = 0;
        long end = size();
        while (at < end) {
            long known = known(at);
            piece.clear().limit((int) Math.min(PIECE, known - at));
            int count = requireNonNull(channel).read(piece, at);
            if (count < 0) {
                throw new EOFException("blob " + digest + " was cut");
            }
            out.write(piece.array(), 0, count);
            at += count;
        }
    }

    /** Waits for bytes behind {@code at}; all but the last one can be had unverified. */
    private long known(long at) throws IOException {
        lock.lock();
        try {
            while (true) {
                long available = verified ? size : Math.min(received, size - 1);
                if (available > at) {
                    return available;
                }
                await();
            }
        } finally {
            lock.unlock();
        }
    }

    @SuppressWarnings("WaitNotInLoop") // Its callers loop.
    private void await() throws IOException {
        if (failure != null) {
            throw new IOException("cannot fetch blob " + digest + ": " + failure.getMessage(), failure);
        }
        try {
            changed.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    /** One user less; the last one closes the file. */
    @Override
    public void close() {
        lock.lock();
        try {
            users--;
            if (users == 0 || (users == 1 && channel == null)) {
                users = 0;
                if (channel != null) {
                    channel.close();
                }
            }
        } catch (IOException ignored) {
            // Everything that counts has been written and read.
        } finally {
            lock.unlock();
        }
    }
}
