package dev.naru.runtime;

import dev.naru.linux.KernelFile;

/** What a new directory of the cpuset hierarchy needs: it takes no process before it has processors and memory nodes. */
final class V1Cpuset {
    private V1Cpuset() {}

    /** Gives a directory its parent's processors and memory nodes, if it has none yet. */
    static void inherit(String mount, String directory) {
        String parent = directory.substring(0, directory.lastIndexOf('/'));
        if (KernelFile.read(directory + "/cpuset.cpus").isBlank()) {
            // Another thread may just have made the parent and not filled it yet.
            if (!parent.equals(mount)) {
                inherit(mount, parent);
            }
            copy(parent, directory, "/cpuset.cpus");
            copy(parent, directory, "/cpuset.mems");
        }
        if (parent.equals(mount)) {
            // A parent of containers' groups: the kernel then copies both for each one by itself.
            KernelFile.write(directory + "/cgroup.clone_children", "1");
        }
    }

    private static void copy(String parent, String directory, String file) {
        KernelFile.write(directory + file, KernelFile.read(parent + file).strip());
    }
}
