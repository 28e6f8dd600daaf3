package dev.naru.engine;

import dev.naru.error.NaruException;
import dev.naru.linux.KernelFile;

/** The host's mounts, asked whether a bind of one of them can propagate (proc_pid_mountinfo(5)). */
final class HostMountTable {
    private final String text;

    HostMountTable(String text) {
        this.text = text;
    }

    static HostMountTable ofHost() {
        return new HostMountTable(KernelFile.read("/proc/self/mountinfo"));
    }

    /**
     * Refuses a propagation that the source's mount can't have: nothing would ever propagate, without a word.
     *
     * @throws NaruException INVALID with Docker's text
     */
    void require(String path, String propagation) {
        boolean shared = propagation.endsWith("shared");
        boolean slave = propagation.endsWith("slave");
        if (!shared && !slave) {
            return;
        }
        String mount = "/";
        String options = "";
        for (String line : text.split("\n", -1)) {
            int end = line.indexOf(" - ");
            String[] fields = end < 0 ? new String[0] : line.substring(0, end).split(" ", 7);
            // Of several at one place the last is the one that is seen.
            if (fields.length > 5 && holds(fields[4], path) && fields[4].length() >= mount.length()) {
                mount = fields[4];
                options = fields.length > 6 ? fields[6] : "";
            }
        }
        if (options.contains("shared:") || (slave && options.contains("master:"))) {
            return;
        }
        throw NaruException.invalid("path " + path + " is mounted on " + mount + " but it is not a "
                + (shared ? "shared" : "shared or slave") + " mount");
    }

    private static boolean holds(String mount, String path) {
        return mount.equals("/") || path.equals(mount) || path.startsWith(mount + "/");
    }
}
