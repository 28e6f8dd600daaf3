package dev.naru.volume;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.Errno;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileStatus;
import dev.naru.linux.LinuxException;
import dev.naru.linux.LoopDevice;
import dev.naru.linux.Syscall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Mounts volumes that are more than a directory, on the host, where containers bind them from. */
final class Mounter {
    private static final long MS_REMOUNT = 32;
    private static final long MS_PRIVATE = 1 << 18;
    private static final long MNT_DETACH = 2;

    private Mounter() {}

    /**
     * Mounts unless it is mounted already, by an engine before this one for instance.
     *
     * @throws NaruException with Docker's text
     */
    static void mount(String name, VolumeMount asked, Path target) {
        if (isMounted(target)) {
            return;
        }
        VolumeMount what = ServerAddress.resolved(name, asked);
        try {
            if (what.isBind()) {
                call(what, target);
            } else if (Files.isRegularFile(Path.of(what.device()))
                    && what.device().startsWith("/")) {
                file(what, target);
            } else {
                onThreadOfItsOwn(() -> call(what, target));
            }
        } catch (LinuxException failure) {
            throw failed(what, target, failure);
        }
    }

    /** A file system within a file. */
    private static void file(VolumeMount what, Path target) {
        try (LoopDevice device = LoopDevice.shared(what.device(), what.isReadOnly())) {
            onThreadOfItsOwn(() -> call(what.with(device.path(), what.data()), target));
        }
    }

    private static void call(VolumeMount what, Path target) {
        call(what.device(), target, what.type(), what.flags(), what.data());
        if (what.isBind() && what.isReadOnly()) {
            // A bind takes "read-only" only in a second step (mount(2), MS_BIND).
            call(what.device(), target, "", what.flags() | MS_REMOUNT, "");
        }
        call("", target, "", MS_PRIVATE, "");
    }

    private static NaruException failed(VolumeMount what, Path target, LinuxException failure) {
        String data = what.data().isEmpty() ? "" : ", data: " + what.shownData();
        String hint =
                switch (failure.errno()) {
                    case Errno.ENODEV -> "this host's kernel has no file system " + what.type() + ": load its module";
                    case Errno.ENOENT -> "make " + what.device() + ", or change the volume's option device";
                    case Errno.ETIMEDOUT, Errno.ECONNREFUSED, Errno.ENETUNREACH ->
                        "check that the server can be reached";
                    default -> null;
                };
        return new NaruException(
                ErrorKind.INTERNAL,
                "error while mounting volume '" + target + "'",
                "failed to mount local volume: mount " + what.device() + ":" + target + data + ": "
                        + Errno.message(failure.errno()),
                hint,
                failure);
    }

    /** A server that doesn't answer, or a disk that is slow to wake, must not hold the carrier of virtual threads. */
    private static void onThreadOfItsOwn(Runnable work) {
        var task = new FutureTask<>(work, true);
        Thread.ofPlatform().daemon().name("naru-volume-mount").start(task);
        try {
            task.get();
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof RuntimeException cause
                    ? cause
                    : new IllegalStateException(failure.getCause());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new NaruException(ErrorKind.UNAVAILABLE, "mounting a volume was interrupted");
        }
    }

    static void unmount(Path target) {
        if (isMounted(target)) {
            try (Arena arena = Arena.ofConfined()) {
                Syscall.UMOUNT2.call(
                        target.toString(), arena.allocateFrom(target.toString()).address(), MNT_DETACH);
            }
        }
    }

    /** Whether something is mounted there. */
    static boolean isMounted(Path target) {
        try (var calls = new FileCalls();
                var parent = Descriptor.open(
                        String.valueOf(target.getParent()), Descriptor.O_PATH | Descriptor.O_DIRECTORY, 0)) {
            String name = FileCalls.bytes(String.valueOf(target.getFileName()));
            FileStatus status = calls.status(parent.number(), name).orElse(null);
            return status != null && status.isMountRoot();
        } catch (LinuxException missing) {
            if (missing.errno() == Errno.ENOENT) {
                return false;
            }
            throw missing;
        }
    }

    private static void call(String source, Path target, String type, long flags, String data) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment options = data.isEmpty() ? MemorySegment.NULL : arena.allocateFrom(data);
            Syscall.MOUNT.call(
                    target.toString(),
                    arena.allocateFrom(source).address(),
                    arena.allocateFrom(target.toString()).address(),
                    arena.allocateFrom(type).address(),
                    flags,
                    options.address());
        }
    }
}
