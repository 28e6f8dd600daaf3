package dev.naru.engine;

import dev.naru.build.BaseImages;
import dev.naru.build.BuildProgress;
import dev.naru.build.BuildSession;
import dev.naru.build.ContextTree;
import dev.naru.build.Source;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A build whose context was sent as a whole.
 *
 * @param epoch {@code SOURCE_DATE_EPOCH}, null when not given
 * @param network of steps that do not say
 * @param hostNetwork whether the client has asked for the host's, so that the file may too
 * @param bases with the client's credentials
 * @param secrets values by id
 */
record ContextSession(
        ContextTree context,
        @Nullable Long epoch,
        String network,
        boolean hostNetwork,
        BaseImages bases,
        Map<String, byte[]> secrets)
        implements BuildSession {
    @Override
    public Optional<BaseImages> images() {
        return Optional.of(bases);
    }

    @Override
    public ContextTree local(Source.Local source, BuildProgress.Step step, BuildProgress progress) {
        return context;
    }

    @Override
    public Optional<byte[]> secret(String id) {
        return Optional.ofNullable(secrets.get(id));
    }

    @Override
    public boolean allowsHostNetwork() {
        return hostNetwork;
    }

    @Override
    public long newest() {
        return epoch == null ? context.newest() : epoch;
    }

    @Override
    public boolean newestIsGiven() {
        return epoch != null;
    }
}
