package dev.naru.registryserver;

import static java.util.Objects.requireNonNull;

import dev.naru.linux.FileSpace;
import dev.naru.linux.LinuxException;
import java.nio.file.Path;

/**
 * Disk space ahead of what is written to a file whose length is announced. It is a step at a time, because clients
 * announce what they like; without it the file is written all the same.
 */
final class ReservedSpace {
    private static final System.Logger LOG = System.getLogger("naru.registryserver");
    private static final long STEP = 64 << 20;
    /** Smaller files are written before a reservation would pay. */
    private static final long LEAST = 1 << 20;

    private final Path file;
    private final long end;
    private long reserved;
    private boolean wanted;

    /**
     * @param from where writing begins
     * @param end where the client said that it will end
     */
    ReservedSpace(Path file, long from, long end) {
        this.file = requireNonNull(file, "file");
        this.reserved = from;
        this.end = end;
        this.wanted = end - from >= LEAST;
    }

    /** Reserves for what is written until a position, and ahead of it. */
    void reach(long position) {
        if (wanted && position > reserved && reserved < end) {
            long more = Math.min(STEP, end - reserved);
            wanted = FileSpace.reserve(file, reserved, more);
            reserved += wanted ? more : 0;
        }
    }

    /** Gives back what was not written. */
    void end(long written) {
        if (reserved > written) {
            try {
                FileSpace.giveBack(file, written);
            } catch (LinuxException failure) {
                LOG.log(System.Logger.Level.DEBUG, "an upload keeps more space than it has bytes", failure);
            }
        }
    }
}
