package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Errno;
import dev.naru.linux.LinuxException;
import dev.naru.linux.OwnerMap;
import dev.naru.linux.Syscall;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The {@code /dev/shm} of containers that share it ({@code --ipc shareable}): a tmpfs mounted on the host, because a
 * mount of one container's namespace can't be bound into another's.
 */
final class SharedMemory {
    private static final long MS_NOSUID = 2;
    private static final long MS_NODEV = 4;
    private static final long MS_NOEXEC = 8;
    private static final int MNT_DETACH = 2;

    private final ContainerPaths paths;

    SharedMemory(ContainerPaths paths) {
        this.paths = requireNonNull(paths, "paths");
    }

    /** Mounts a fresh one for a container that is about to start; answers where. */
    Path mount(String id, long size, OwnerMap owners) {
        Path target = paths.sharedMemory(id);
        unmount(id);
        try (Arena arena = Arena.ofConfined()) {
            Files.createDirectories(target);
            Syscall.MOUNT.call(
                    target.toString(),
                    arena.allocateFrom("shm").address(),
                    arena.allocateFrom(target.toString()).address(),
                    arena.allocateFrom("tmpfs").address(),
                    MS_NOSUID | MS_NODEV | MS_NOEXEC,
                    arena.allocateFrom("mode=1777,size=" + size + ",uid=" + owners.userOutside(0) + ",gid="
                                    + owners.groupOutside(0))
                            .address());
            return target;
        } catch (IOException | LinuxException e) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot mount shared memory at " + target, e);
        }
    }

    /** Unmounts it when the container has ended; containers that still use it keep it. Repeatable. */
    void unmount(String id) {
        Path target = paths.sharedMemory(id);
        if (!Files.isDirectory(target)) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            long result =
                    Syscall.UMOUNT2.raw(arena.allocateFrom(target.toString()).address(), MNT_DETACH, 0);
            if (result < 0 && result != -Errno.EINVAL && result != -Errno.ENOENT) {
                throw NaruException.because(
                        ErrorKind.UNAVAILABLE,
                        "cannot unmount shared memory at " + target,
                        new LinuxException("umount2", target.toString(), (int) -result));
            }
            Files.deleteIfExists(target);
        } catch (IOException e) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot remove " + target, e);
        }
    }
}
