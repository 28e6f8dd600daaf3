package dev.naru.image;

import dev.naru.linux.Descriptor;
import dev.naru.linux.LinuxException;
import dev.naru.linux.Syscall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;

/**
 * Mounts that only a descriptor holds: made in a mount namespace of a thread that ends at once, they are invisible on
 * the host and gone with the process, however it dies.
 */
final class PrivateMount {
    private static final long CLONE_NEWNS = 0x20000;
    private static final long MS_REC_PRIVATE = 0x4000 | 0x40000;
    private static final long MS_NODEV = 4;
    private static final int OPEN_TREE_CLONE = 1;

    private PrivateMount() {}

    /** Mounts a snapshot; names of layers relative to their directory keep the options within the kernel's one page. */
    static Descriptor overlay(Path layers, List<Path> lower, Path snapshot) {
        return overlay(layers, lower, snapshot, false);
    }

    /** @param disposable whether what is written need not survive the machine, so that unmounting syncs nothing */
    static Descriptor overlay(Path layers, List<Path> lower, Path snapshot, boolean disposable) {
        var names = new ArrayList<String>();
        for (Path each : lower) {
            names.add(OverlaySnapshotter.escaped(layers.relativize(each)));
        }
        String options =
                "lowerdir=" + String.join(":", names) + ",upperdir=" + snapshot.resolve(OverlaySnapshotter.UPPER)
                        + ",workdir=" + snapshot.resolve(OverlaySnapshotter.WORK) + ","
                        + String.join(",", OverlaySnapshotter.features(disposable));
        return inNamespace(() -> {
            Path merged = snapshot.resolve("merged");
            if (!Files.isDirectory(merged)) {
                Files.createDirectory(merged);
            }
            changeDirectory(layers);
            mount("overlay", merged.toString(), "overlay", MS_NODEV, options);
            return clone(merged);
        });
    }

    /**
     * A mount of its own that no namespace has (open_tree(2)): one that merely outlived its namespace is dissolved, and
     * openat2(2) then asks for another try at each "..", for ever.
     */
    private static Descriptor clone(Path mountpoint) {
        try (Arena arena = Arena.ofConfined()) {
            return new Descriptor((int) Syscall.OPEN_TREE.call(
                    mountpoint.toString(),
                    Descriptor.CWD,
                    arena.allocateFrom(mountpoint.toString()).address(),
                    OPEN_TREE_CLONE | Descriptor.O_CLOEXEC));
        }
    }

    private interface Work {
        Descriptor run() throws Exception;
    }

    private static Descriptor inNamespace(Work work) {
        var task = new FutureTask<>(() -> {
            // Telling the result may make a carrier thread for whoever waits, and it inherits where this one is.
            try (Descriptor home = Descriptor.open("/proc/thread-self/ns/mnt", Descriptor.O_RDONLY, 0);
                    Descriptor directory = Descriptor.open(".", Descriptor.O_PATH | Descriptor.O_DIRECTORY, 0)) {
                Syscall.UNSHARE.call("", CLONE_NEWNS);
                try {
                    mount("none", "/", "", MS_REC_PRIVATE, "");
                    return work.run();
                } finally {
                    Syscall.SETNS.call("", home.number(), CLONE_NEWNS);
                    Syscall.FCHDIR.call("", directory.number());
                }
            }
        });
        // A thread that has left the process's namespace must not be used for anything else.
        Thread.ofPlatform().name("naru-mount").daemon().start(task);
        return result(task);
    }

    private static Descriptor result(FutureTask<Descriptor> task) {
        boolean interrupted = false;
        while (true) {
            try {
                return task.get();
            } catch (InterruptedException later) {
                interrupted = true;
            } catch (java.util.concurrent.ExecutionException failure) {
                if (failure.getCause() instanceof LinuxException linux) {
                    throw linux;
                }
                throw new IllegalStateException(failure.getCause());
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    private static void changeDirectory(Path path) {
        try (Descriptor directory = Descriptor.open(path.toString(), Descriptor.O_PATH | Descriptor.O_DIRECTORY, 0)) {
            Syscall.FCHDIR.call(path.toString(), directory.number());
        }
    }

    private static void mount(String source, String target, String type, long flags, String options) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = options.isEmpty() ? MemorySegment.NULL : arena.allocateFrom(options);
            Syscall.MOUNT.call(
                    target,
                    arena.allocateFrom(source).address(),
                    arena.allocateFrom(target).address(),
                    arena.allocateFrom(type).address(),
                    flags,
                    data.address());
        }
    }
}
