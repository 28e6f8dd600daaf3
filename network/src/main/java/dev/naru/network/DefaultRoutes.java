package dev.naru.network;

import dev.naru.error.NaruException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Whether a network namespace has a way out, as {@code /proc/PID/net/route} and {@code ipv6_route} show it, without a
 * visit.
 */
public record DefaultRoutes(boolean ipv4, boolean ipv6) {
    private static final String ANY4 = "00000000";
    private static final String ANY6 = "0".repeat(32);
    private static final String NO_PREFIX = "00";

    /**
     * Of a process's network namespace.
     *
     * @throws NaruException NOT_FOUND when the process has ended
     */
    public static DefaultRoutes ofProcess(int pid) {
        Path net = Path.of("/proc/" + pid + "/net");
        // Interface, destination, gateway, flags, three counters, mask.
        boolean four = lines(net.resolve("route")).anyMatch(line -> line[1].equals(ANY4) && line[7].equals(ANY4));
        // Without any, the kernel lists the refusal of everything, which belongs to loopback.
        boolean six = lines(net.resolve("ipv6_route"))
                .anyMatch(line -> line[0].equals(ANY6) && line[1].equals(NO_PREFIX) && !line[9].equals("lo"));
        return new DefaultRoutes(four, six);
    }

    private static Stream<String[]> lines(Path table) {
        try {
            return Files.exists(table)
                    ? Files.readAllLines(table, StandardCharsets.US_ASCII).stream()
                            .map(line -> line.strip().split("\\s+", -1))
                            .filter(line -> line.length > 9)
                    : Stream.empty();
        } catch (IOException gone) {
            throw NaruException.notFound("no process at " + table);
        }
    }
}
