package dev.naru.engine;

import dev.naru.linux.KernelFile;

/**
 * What the host's processors have done since it started, as {@code docker stats} compares containers with.
 *
 * @param time nanoseconds of all processors in all modes, idle ones too (proc(5), /proc/stat, user to softirq)
 * @param online how many there are
 */
record HostProcessors(long time, int online) {
    static final HostProcessors NONE = new HostProcessors(0, 0);

    private static final long NANOSECONDS_PER_TICK = 10_000_000L;
    private static final int FIELDS = 7;

    static HostProcessors read() {
        long ticks = 0;
        int online = 0;
        for (String line : KernelFile.read("/proc/stat").split("\n", -1)) {
            if (!line.startsWith("cpu")) {
                break;
            }
            String[] fields = line.split("\\s+", -1);
            if (!fields[0].equals("cpu")) {
                online++;
                continue;
            }
            for (int i = 1; i <= FIELDS && i < fields.length; i++) {
                ticks += Long.parseLong(fields[i]);
            }
        }
        return new HostProcessors(ticks * NANOSECONDS_PER_TICK, online);
    }
}
