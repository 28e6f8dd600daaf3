package dev.naru.http;

import dev.naru.linux.KernelFile;

/** How many descriptors this process may have (getrlimit(2), RLIMIT_NOFILE). */
final class OpenFiles {
    private static final String LIMIT = "Max open files";
    private static final int UNKNOWN = 4096;

    private OpenFiles() {}

    /** Connections that leave a quarter of the descriptors to the work that they ask for. */
    static int connections() {
        return KernelFile.readIfPresent("/proc/self/limits")
                .orElse("")
                .lines()
                .filter(line -> line.startsWith(LIMIT))
                .map(line -> line.substring(LIMIT.length()).strip().split("\\s+", 2)[0])
                .filter(soft -> soft.matches("[0-9]{1,9}"))
                .map(soft -> Integer.parseInt(soft) / 4 * 3)
                .findFirst()
                .orElse(UNKNOWN);
    }
}
