package dev.naru.engine;

import dev.naru.network.Attachment;
import dev.naru.wire.NetworkingConfig;
import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a container is doing: the document of kind {@code states}, written at each transition before its effect.
 *
 * @param phase its phase
 * @param pid the host's id of its first process, 0 when it does not run
 * @param startTicks when that process was made, in clock ticks after boot
 * @param exitCode of the last run
 * @param error why the last start failed; empty for none
 * @param startedAt nanoseconds since 1970, 0 for never
 * @param finishedAt nanoseconds since 1970, 0 for never
 * @param oomKilled whether the last run ended for want of memory
 * @param restartCount how often the restart policy has started it since its last start by hand
 * @param stoppedByHand whether a client stopped it, so that {@code unless-stopped} leaves it alone
 * @param attachments its connections to networks while it runs
 * @param sandboxOwner for {@code container:ID} the owner of its network namespace, otherwise empty
 * @param networking its networks since they were changed last, in place of those that its record was written with; null
 *     when they never were
 */
@Json
@RecordBuilder
public record ContainerStatus(
        Phase phase,
        int pid,
        long startTicks,
        int exitCode,
        String error,
        long startedAt,
        long finishedAt,
        boolean oomKilled,
        int restartCount,
        boolean stoppedByHand,
        List<Attachment> attachments,
        @Nullable String sandboxOwner,
        @Nullable NetworkingConfig networking) {
    public static final ContainerStatus CREATED =
            new ContainerStatus(Phase.CREATED, 0, 0, 0, "", 0, 0, false, 0, false, List.of(), null, null);

    public ContainerStatus {
        attachments = List.copyOf(attachments);
    }

    /** The phases, named as Docker names them. */
    public enum Phase {
        CREATED,
        /** A start has begun; a new engine undoes or completes it. */
        STARTING,
        RUNNING,
        PAUSED,
        /** Exited, and the restart policy will start it again. */
        RESTARTING,
        EXITED,
        REMOVING,
        DEAD;

        /** Whether the container's first process exists. */
        public boolean alive() {
            return this == RUNNING || this == PAUSED;
        }

        /** The name in the API; a starting container is still {@code created} or {@code exited} to a client. */
        public String apiName() {
            return this == STARTING ? "created" : name().toLowerCase(java.util.Locale.ROOT);
        }
    }
}
