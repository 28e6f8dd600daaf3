package dev.naru.volume;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.Errno;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileStatus;
import dev.naru.linux.LinuxException;
import dev.naru.linux.Syscall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** Mounts volumes that are more than a directory, on the host, where containers bind them from. */
final class Mounter {
    private static final long MS_REMOUNT = 32;
    private static final long MS_PRIVATE = 1 << 18;
    private static final long MNT_DETACH = 2;

    private Mounter() {}

    /** Mounts unless it is mounted already, by an engine before this one for instance. */
    static void mount(String name, VolumeMount what, Path target) {
        if (isMounted(target)) {
            return;
        }
        try {
            call(what.device(), target, what.type(), what.flags(), what.data());
            if (what.isBind() && (what.flags() & 1) != 0) {
                // A bind takes "read-only" only in a second step (mount(2), MS_BIND).
                call(what.device(), target, "", what.flags() | MS_REMOUNT, "");
            }
            call("", target, "", MS_PRIVATE, "");
        } catch (LinuxException failure) {
            throw new NaruException(
                    ErrorKind.INTERNAL,
                    "failed to mount local volume \"" + name + "\"",
                    "mount " + what.device() + ":" + target + ": " + Errno.message(failure.errno()),
                    "check the volume's options type, o and device",
                    failure);
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

    /** Whether something is mounted there: its device or its inode is not what the parent's listing would have. */
    static boolean isMounted(Path target) {
        try (var calls = new FileCalls();
                var parent = Descriptor.open(
                        String.valueOf(target.getParent()), Descriptor.O_PATH | Descriptor.O_DIRECTORY, 0)) {
            String name = FileCalls.bytes(String.valueOf(target.getFileName()));
            FileStatus status = calls.status(parent.number(), name).orElse(null);
            return status != null && status.isMountRoot();
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
