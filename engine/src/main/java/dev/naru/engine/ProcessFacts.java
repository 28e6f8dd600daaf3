package dev.naru.engine;

import dev.naru.linux.KernelFile;
import dev.naru.linux.LinuxException;
import java.util.Optional;

/**
 * A process as procfs shows it (proc(5)); times in clock ticks, sizes in KiB.
 *
 * @param fields of /proc/PID/stat from the state on, which is field 0 here
 * @param arguments its command line; the name in brackets when it has none
 */
record ProcessFacts(
        int pid, String name, String[] fields, long uid, long gid, long realUid, String arguments, long resident) {
    private static final int PPID = 1;
    private static final int PROCESS_GROUP = 2;
    private static final int SESSION = 3;
    private static final int TTY = 4;
    private static final int TERMINAL_GROUP = 5;
    private static final int FLAGS = 6;
    private static final int USER_TIME = 11;
    private static final int SYSTEM_TIME = 12;
    private static final int PRIORITY = 15;
    private static final int NICE = 16;
    private static final int THREADS = 17;
    private static final int START = 19;
    private static final int VIRTUAL_BYTES = 20;
    private static final int PROCESSOR = 36;

    /** Reads it; empty when it has ended. */
    static Optional<ProcessFacts> read(int pid) {
        try {
            String stat = KernelFile.read("/proc/" + pid + "/stat");
            String status = KernelFile.read("/proc/" + pid + "/status");
            String command = KernelFile.read("/proc/" + pid + "/cmdline");
            // The name may contain anything, parentheses too.
            int close = stat.lastIndexOf(')');
            String name = stat.substring(stat.indexOf('(') + 1, close);
            String[] fields = stat.substring(close + 2).strip().split(" ", -1);
            boolean zombie = fields[0].equals("Z");
            String arguments = command.isEmpty()
                    ? "[" + name + "]" + (zombie ? " <defunct>" : "")
                    : command.replaceAll("\0+$", "").replace('\0', ' ').replace('\n', ' ');
            return Optional.of(new ProcessFacts(
                    pid,
                    zombie ? name + " <defunct>" : name,
                    fields,
                    number(status, "Uid:", 1),
                    number(status, "Gid:", 1),
                    number(status, "Uid:", 0),
                    arguments,
                    number(status, "VmRSS:", 0)));
        } catch (LinuxException | IndexOutOfBoundsException | NumberFormatException gone) {
            return Optional.empty();
        }
    }

    private static long number(String status, String key, int index) {
        int at = status.indexOf("\n" + key);
        if (at < 0) {
            return 0;
        }
        int end = status.indexOf('\n', at + 1);
        return Long.parseLong(
                status.substring(at + 1 + key.length(), end).strip().split("\\s+", -1)[index]);
    }

    private long field(int index) {
        return Long.parseLong(fields[index]);
    }

    char state() {
        return fields[0].charAt(0);
    }

    long parent() {
        return field(PPID);
    }

    long processGroup() {
        return field(PROCESS_GROUP);
    }

    long session() {
        return field(SESSION);
    }

    /** The device number of its terminal, 0 for none. */
    long terminal() {
        return field(TTY);
    }

    boolean inForeground() {
        return field(TERMINAL_GROUP) == field(PROCESS_GROUP);
    }

    long flags() {
        return field(FLAGS);
    }

    long time() {
        return field(USER_TIME) + field(SYSTEM_TIME);
    }

    long priority() {
        return field(PRIORITY);
    }

    long nice() {
        return field(NICE);
    }

    long threads() {
        return field(THREADS);
    }

    /** After the host's start. */
    long start() {
        return field(START);
    }

    long virtual() {
        return field(VIRTUAL_BYTES) / 1024;
    }

    long processor() {
        return field(PROCESSOR);
    }
}
