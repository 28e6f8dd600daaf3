package dev.naru.image;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.LinuxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The layers that are EROFS images, mounted on the directories of their names. One mount serves all containers, which
 * then share its page cache. Overlayfs keeps a mount of its own of each lower layer, so containers go on when these are
 * taken away.
 */
final class LayerMounts implements AutoCloseable {
    /** What the file of a layer is called after its directory. */
    static final String SUFFIX = ".erofs";

    private final Path root;
    private final Set<String> mounted = new HashSet<>();
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable ErofsMount way;

    /** Finds what a process left mounted that died. */
    LayerMounts(Path root) {
        this.root = root;
        // Blanks are escaped there (proc_mounts(5)).
        String prefix = root.toString().replace(" ", "\\040") + "/";
        try {
            for (String line :
                    Files.readAllLines(Path.of("/proc/self/mounts"), java.nio.charset.StandardCharsets.ISO_8859_1)) {
                String[] fields = line.split(" ", -1);
                if (fields.length > 2 && fields[2].equals("erofs") && fields[1].startsWith(prefix)) {
                    mounted.add(fields[1].substring(prefix.length()));
                }
            }
        } catch (IOException failure) {
            throw Failures.of("cannot read the mounts", failure);
        }
    }

    /** How images are mounted here; tried at the first call. */
    ErofsMount way() {
        lock.lock();
        try {
            ErofsMount known = way;
            if (known == null) {
                known = ErofsMount.probe(root);
                way = known;
            }
            return known;
        } finally {
            lock.unlock();
        }
    }

    Path file(String name) {
        return root.resolve(name + SUFFIX);
    }

    /** Mounts a layer unless it is. */
    void ensure(String name) {
        lock.lock();
        try {
            if (!mounted.contains(name)) {
                way().mount(file(name), Files.createDirectories(root.resolve(name)));
                mounted.add(name);
            }
        } catch (LinuxException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot mount layer " + name, failure);
        } catch (IOException failure) {
            throw Failures.of("cannot mount layer " + name, failure);
        } finally {
            lock.unlock();
        }
    }

    /** Takes a layer's mount away. */
    void release(String name) {
        lock.lock();
        try {
            if (mounted.remove(name)) {
                ErofsMount.unmount(root.resolve(name));
            }
        } catch (LinuxException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot unmount layer " + name, failure);
        } finally {
            lock.unlock();
        }
    }

    /** Takes all away: the next process mounts what it needs. */
    @Override
    public void close() {
        lock.lock();
        try {
            Set.copyOf(mounted).forEach(this::release);
        } finally {
            lock.unlock();
        }
    }
}
