package dev.naru.runtime;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Errno;
import dev.naru.linux.KernelFile;
import dev.naru.linux.LinuxException;
import dev.naru.linux.Syscall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A group's directory with those below it, which processes with enough rights can make. */
final class CgroupTree {
    private static final int SIGKILL = 9;
    private static final Duration REMOVAL = Duration.ofSeconds(2);

    private CgroupTree() {}

    /** The directory itself first, then those below it; empty when it is gone. */
    static List<String> directories(String top) {
        List<String> found = new ArrayList<>();
        found.add(top);
        for (int i = 0; i < found.size(); i++) {
            found.addAll(children(found.get(i)));
        }
        return found;
    }

    /** All processes in the directory and below. */
    static List<Integer> pids(String top) {
        TreeSet<Integer> pids = new TreeSet<>();
        for (String directory : directories(top)) {
            for (long pid : ControlFile.numbers(directory + "/cgroup.procs")) {
                // 0 stands for a process of another pid namespace, which this one can't name.
                if (pid > 0) {
                    pids.add((int) pid);
                }
            }
        }
        return List.copyOf(pids);
    }

    static void kill(List<Integer> pids) {
        for (int pid : pids) {
            Syscall.KILL.raw(pid, SIGKILL, 0);
        }
    }

    /** Removes the directory and those below it. */
    static void remove(String top) {
        if (tryRemove(top)) {
            return;
        }
        // A killed process leaves its group a moment after its parent has been told of its end.
        boolean gone = await(REMOVAL, () -> directories(top).reversed().stream().allMatch(CgroupTree::tryRemove));
        if (!gone) {
            throw inUse(top, pids(top));
        }
    }

    static NaruException inUse(String group, List<Integer> pids) {
        return new NaruException(
                ErrorKind.CONFLICT,
                "cannot remove control group " + group,
                "processes remain in it: " + pids,
                "end them and try again");
    }

    /** Asks again with growing pauses; false when the answer stays false. */
    static boolean await(Duration patience, BooleanSupplier condition) {
        Instant deadline = Instant.now().plus(patience);
        long pause = 20_000;
        while (!condition.getAsBoolean()) {
            if (Instant.now().isAfter(deadline) || Thread.currentThread().isInterrupted()) {
                return false;
            }
            java.util.concurrent.locks.LockSupport.parkNanos(pause);
            pause = Math.min(pause * 2, 10_000_000);
        }
        return true;
    }

    private static boolean tryRemove(String directory) {
        try {
            KernelFile.removeDirectory(directory);
            return true;
        } catch (LinuxException e) {
            if (e.errno() == Errno.EBUSY || e.errno() == Errno.ENOTEMPTY) {
                return false;
            }
            throw NaruException.because(ErrorKind.INTERNAL, "cannot remove control group", e);
        }
    }

    private static List<String> children(String directory) {
        try {
            // Most groups have none, and the link count says so without a look at two dozen files.
            Object links = Files.getAttribute(Path.of(directory), "unix:nlink", LinkOption.NOFOLLOW_LINKS);
            return links instanceof Integer count && count == 2 ? List.of() : list(directory);
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> list(String directory) throws IOException {
        try (Stream<Path> entries = Files.list(Path.of(directory))) {
            return entries.filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
                    .map(Path::toString)
                    .sorted()
                    .toList();
        }
    }
}
