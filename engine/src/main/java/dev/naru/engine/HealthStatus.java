package dev.naru.engine;

import dev.naru.wire.HealthcheckResult;
import java.util.List;

/**
 * What the health checks of a container have found.
 *
 * @param state {@code starting}, {@code healthy} or {@code unhealthy}
 * @param failingStreak failures in a row
 * @param log the last five results, oldest first
 */
record HealthStatus(String state, int failingStreak, List<HealthcheckResult> log) {
    HealthStatus {
        log = List.copyOf(log);
    }
}
