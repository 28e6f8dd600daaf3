package dev.naru.engine;

import dev.naru.wire.HealthcheckResult;
import io.avaje.jsonb.Json;
import java.util.List;

/**
 * What the health checks of a container have found: the document of kind {@code health}.
 *
 * @param run when the run that was checked began, nanoseconds since 1970; findings about an earlier one mean nothing
 * @param state {@code starting}, {@code healthy} or {@code unhealthy}
 * @param failingStreak failures in a row
 * @param log the last five results, oldest first
 */
@Json
record HealthStatus(long run, String state, int failingStreak, List<HealthcheckResult> log) {
    HealthStatus {
        log = List.copyOf(log);
    }
}
