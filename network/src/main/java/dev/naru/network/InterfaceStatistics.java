package dev.naru.network;

import dev.naru.error.NaruException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What an interface has carried since it was made, as {@code /proc/PID/net/dev} counts it. */
public record InterfaceStatistics(
        String name,
        long rxBytes,
        long rxPackets,
        long rxErrors,
        long rxDropped,
        long txBytes,
        long txPackets,
        long txErrors,
        long txDropped) {
    private static final int COLUMNS = 16;

    /** The interfaces in a process's network namespace, without loopback. */
    public static List<InterfaceStatistics> ofProcess(int pid) {
        return read(Path.of("/proc/" + pid + "/net/dev"));
    }

    static List<InterfaceStatistics> read(Path path) {
        try {
            var result = new ArrayList<InterfaceStatistics>();
            for (String line : Files.readAllLines(path, StandardCharsets.US_ASCII)) {
                int colon = line.indexOf(':');
                if (colon > 0 && !line.substring(0, colon).strip().equals("lo")) {
                    parse(line.substring(0, colon).strip(), line.substring(colon + 1), result);
                }
            }
            return result;
        } catch (IOException gone) {
            throw NaruException.notFound("no process at " + path);
        }
    }

    private static void parse(String name, String columns, List<InterfaceStatistics> into) {
        String[] values = columns.strip().split("\\s+", -1);
        if (values.length >= COLUMNS) {
            long[] n = new long[COLUMNS];
            for (int i = 0; i < COLUMNS; i++) {
                n[i] = Long.parseLong(values[i]);
            }
            into.add(new InterfaceStatistics(name, n[0], n[1], n[2], n[3], n[8], n[9], n[10], n[11]));
        }
    }
}
