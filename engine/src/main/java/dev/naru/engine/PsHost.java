package dev.naru.engine;

import dev.naru.linux.KernelFile;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** What {@code ps} needs to know of the host, read once for a listing. */
final class PsHost {
    private static final long TICKS = 100;
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("MMMdd", Locale.ROOT);
    private static final DateTimeFormatter YEAR = DateTimeFormatter.ofPattern("yyyy", Locale.ROOT);
    private static final DateTimeFormatter FULL = DateTimeFormatter.ofPattern("EEE MMM d HH:mm:ss yyyy", Locale.ROOT);

    private final Map<Long, String> users = names("/etc/passwd");
    private final Map<Long, String> groups = names("/etc/group");
    private final double uptime =
            Double.parseDouble(KernelFile.read("/proc/uptime").split(" ", 2)[0]);
    private final long memory = memoryTotal();
    private final long now = Instant.now().getEpochSecond();

    private static Map<Long, String> names(String file) {
        Map<Long, String> names = new HashMap<>();
        KernelFile.readIfPresent(file).ifPresent(text -> text.lines().forEach(line -> {
            String[] fields = line.split(":", -1);
            if (fields.length > 2 && fields[2].matches("\\d{1,10}")) {
                names.putIfAbsent(Long.parseLong(fields[2]), fields[0]);
            }
        }));
        return names;
    }

    private static long memoryTotal() {
        return KernelFile.read("/proc/meminfo")
                .lines()
                .filter(line -> line.startsWith("MemTotal:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(1);
    }

    /** Its name; the number when it has none, and when the name is longer than the column of eight. */
    String user(long uid) {
        return shown(users, uid);
    }

    String group(long gid) {
        return shown(groups, gid);
    }

    private static String shown(Map<Long, String> names, long id) {
        String name = names.getOrDefault(id, Long.toString(id));
        return name.length() <= 8 ? name : name.substring(0, 7) + "+";
    }

    /** KiB. */
    long memory() {
        return memory;
    }

    /** Seconds since it was started. */
    long age(ProcessFacts process) {
        return Math.max(0, (long) (uptime - (double) process.start() / TICKS));
    }

    /** The share of one processor it has had over its life. */
    double share(ProcessFacts process) {
        double life = uptime - (double) process.start() / TICKS;
        return life <= 0 ? 0 : process.time() / (double) TICKS / life;
    }

    String start(ProcessFacts process) {
        LocalDateTime started = startedAt(process);
        LocalDateTime today = LocalDateTime.ofInstant(Instant.ofEpochSecond(now), ZoneId.systemDefault());
        if (age(process) < 86_400) {
            return CLOCK.format(started);
        }
        return started.getYear() == today.getYear() ? DAY.format(started) : YEAR.format(started);
    }

    String started(ProcessFacts process) {
        return FULL.format(startedAt(process));
    }

    private LocalDateTime startedAt(ProcessFacts process) {
        return LocalDateTime.ofInstant(Instant.ofEpochSecond(now - age(process)), ZoneId.systemDefault());
    }

    static String decimal(double value) {
        return String.format(Locale.ROOT, value >= 99.95 ? "%.0f" : "%.1f", value);
    }

    static String time(ProcessFacts process) {
        long seconds = process.time() / TICKS;
        String clock =
                String.format(Locale.ROOT, "%02d:%02d:%02d", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
        return seconds >= 86_400 ? seconds / 86_400 + "-" + clock : clock;
    }

    static String shortTime(ProcessFacts process) {
        long seconds = process.time() / TICKS;
        return String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60);
    }

    static String elapsed(long seconds) {
        long days = seconds / 86_400;
        long hours = seconds / 3600 % 24;
        String rest = String.format(Locale.ROOT, "%02d:%02d", seconds / 60 % 60, seconds % 60);
        if (days > 0) {
            return String.format(Locale.ROOT, "%d-%02d:%s", days, hours, rest);
        }
        return hours > 0 ? String.format(Locale.ROOT, "%02d:%s", hours, rest) : rest;
    }

    /** The name of a terminal by its device number (Documentation/admin-guide/devices.txt). */
    static String terminal(long device) {
        long major = (device >> 8) & 0xfff;
        long minor = (device & 0xff) | ((device >> 12) & 0xfff00);
        if (major >= 136 && major <= 143) {
            return "pts/" + (minor + (major - 136) * 256);
        }
        if (major == 4) {
            return minor < 64 ? "tty" + minor : "ttyS" + (minor - 64);
        }
        return device == 0 ? "?" : major == 5 && minor == 1 ? "console" : major + ":" + minor;
    }

    static String status(ProcessFacts process) {
        StringBuilder status = new StringBuilder().append(process.state());
        if (process.nice() != 0) {
            status.append(process.nice() < 0 ? '<' : 'N');
        }
        if (process.session() == process.pid()) {
            status.append('s');
        }
        if (process.threads() > 1) {
            status.append('l');
        }
        if (process.terminal() != 0 && process.inForeground()) {
            status.append('+');
        }
        return status.toString();
    }
}
