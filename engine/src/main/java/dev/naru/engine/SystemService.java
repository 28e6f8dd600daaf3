package dev.naru.engine;

import dev.naru.wire.CheckFinding;
import dev.naru.wire.DiskUsage;
import dev.naru.wire.SystemInfo;
import dev.naru.wire.SystemVersion;
import java.util.List;
import java.util.Set;

/** The engine as a whole. */
public interface SystemService {
    SystemInfo info();

    SystemVersion version();

    /**
     * Who takes how much space.
     *
     * @param types image, container, volume, build-cache; empty for all
     */
    DiskUsage diskUsage(Set<String> types);

    /** Compares disk, kernel and database; with {@code repair} mends what it finds. Answers what it found, in words. */
    default List<String> check(boolean repair) {
        return examine(repair).stream().map(CheckFinding::text).toList();
    }

    /** The same; answers what it found, in parts. */
    List<CheckFinding> examine(boolean repair);
}
