package dev.naru.engine;

import dev.naru.wire.Health;
import dev.naru.wire.HealthConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What clients are told of a container's health. */
final class HealthView {
    private static final String UNHEALTHY = "unhealthy";

    private HealthView() {}

    /** {@code none}, {@code starting}, {@code healthy} or {@code unhealthy}. */
    static String state(Container container) {
        HealthStatus health = container.health();
        if (health != null) {
            return health.state();
        }
        return checked(container.record().config().healthcheck()) ? "starting" : "none";
    }

    static @Nullable Health of(Container container) {
        HealthStatus health = container.health();
        // What has ended is not healthy, whatever its last check said.
        boolean ended = container.status().phase() == ContainerStatus.Phase.EXITED;
        if (health != null) {
            return new Health(ended ? UNHEALTHY : health.state(), health.failingStreak(), health.log());
        }
        boolean begun = container.status().startedAt() != 0;
        return begun && checked(container.record().config().healthcheck())
                ? new Health(ended ? UNHEALTHY : "starting", 0, List.of())
                : null;
    }

    private static boolean checked(@Nullable HealthConfig config) {
        List<String> test = config == null ? List.of() : Values.list(config.test());
        return !test.isEmpty() && !test.getFirst().equals("NONE");
    }
}
