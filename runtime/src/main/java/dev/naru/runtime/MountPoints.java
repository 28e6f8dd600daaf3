package dev.naru.runtime;

import dev.naru.linux.KernelFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Where this process sees something mounted (proc(5), /proc/PID/mountinfo). */
record MountPoints(Set<Path> paths) {
    MountPoints {
        paths = Set.copyOf(paths);
    }

    static MountPoints ofHost() {
        return parse(KernelFile.read("/proc/self/mountinfo"));
    }

    static MountPoints parse(String mountinfo) {
        Set<Path> paths = new HashSet<>();
        for (String line : mountinfo.split("\n", -1)) {
            String[] fields = line.split(" ", -1);
            if (fields.length > 5) {
                paths.add(Path.of(CgroupMounts.unescape(fields[4])));
            }
        }
        return new MountPoints(paths);
    }

    /** The mount point that a path is on. */
    Path holding(Path path) {
        try {
            Path at = path.toRealPath();
            while (at.getParent() != null && !paths.contains(at)) {
                at = at.getParent();
            }
            return at;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
