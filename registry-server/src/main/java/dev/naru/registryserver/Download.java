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
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A blob that arrives, and its readers who need not wait for its end. The last bytes are given out when the digest has
 * been found right, so that nobody has a whole blob that is a wrong one.
 */
final class Download implements AutoCloseable {
    private static final int PIECE = 256 << 10;

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
        this.file = directory.resolve(UUID.randomUUID() + ".part");
    }

    String digest() {
        return digest;
    }

    Path file() {
        return file;
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
                    file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
            size = bytes;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Receives all of it, and makes sure of size and digest. */
    void receive(InputStream content) throws IOException {
        byte[] piece = new byte[PIECE];
        try (var hash = RunningDigest.like(digest)) {
            int count = content.read(piece);
            while (count >= 0) {
                if (received + count > size) {
                    throw new IOException("blob " + digest + " is larger than announced");
                }
                hash.update(piece, 0, count);
                write(piece, count);
                count = content.read(piece);
            }
            String actual = hash.digest();
            if (received != size || !actual.equals(digest)) {
                throw new IOException("blob " + digest + " came with " + received + " of " + size
                        + " bytes and the digest " + actual);
            }
        }
    }

    private void write(byte[] piece, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(piece, 0, count);
        long at = received;
        while (bytes.hasRemaining()) {
            at += requireNonNull(channel).write(bytes, at);
        }
        lock.lock();
        try {
            received = at;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
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

    /** One user less; the last one takes the file away. */
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
                Files.deleteIfExists(file);
            }
        } catch (IOException ignored) {
            // The registry sweeps the directory when it opens.
        } finally {
            lock.unlock();
        }
    }
}
