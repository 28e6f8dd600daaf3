package dev.naru.build;

import dev.naru.error.NaruException;
import dev.naru.image.LatestTime;
import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What one build gets from the one who asked for it. */
public interface BuildSession {
    /**
     * The files of a local source.
     *
     * @throws dev.naru.error.NaruException NOT_FOUND when the client has no directory of this name
     */
    ContextTree local(Source.Local source, BuildProgress.Step step, BuildProgress progress);

    /** A secret's value; empty when the client has none. */
    default Optional<byte[]> secret(String id) {
        return Optional.empty();
    }

    /** Whether the client has an agent of this id. */
    default boolean hasAgent(String id) {
        return false;
    }

    /** The way to an agent of the client. */
    @FunctionalInterface
    interface AgentLink {
        /** Carries what is said on a connection to the agent, and back, until either end has left. */
        void carry(ByteChannel connection) throws IOException, InterruptedException;
    }

    /** An agent of the client, after {@link #hasAgent}. */
    default AgentLink agent(String id) {
        throw NaruException.notFound("no agent \"" + id + "\"");
    }

    /** Whether steps may run without the isolation of containers. */
    default boolean allowsInsecure() {
        return false;
    }

    /** Whether steps may have the host's network. */
    default boolean allowsHostNetwork() {
        return false;
    }

    /** Whether steps may have a device of the host, by its full name. */
    default boolean allowsDevice(String name) {
        return false;
    }

    /** The device that a build means by a name: another one when the client says so. */
    default String device(String name) {
        return name;
    }

    /**
     * The moment that no new file is later than, seconds since 1970: {@code SOURCE_DATE_EPOCH}, or the newest file of the
     * context.
     */
    long newest();

    /** The same for the layers of its steps. */
    default LatestTime latest() {
        return new LatestTime(newest(), newestIsGiven());
    }

    /** Whether {@link #newest} was given, which makes it a part of what the result is. */
    default boolean newestIsGiven() {
        return false;
    }

    /** The network of steps that do not say, empty for the engine's default. */
    default String network() {
        return "";
    }

    /** Variables for every step that no key knows, as the proxies'. */
    default Map<String, String> ambient() {
        return Map.of();
    }

    /** Where base images are found with the client's credentials; empty for the builder's own way. */
    default Optional<BaseImages> images() {
        return Optional.empty();
    }

    /** Whether somebody may want to see what failed steps have left. */
    default boolean keepsFailures() {
        return false;
    }

    /** Caches outside of this engine that results may be taken from. */
    default List<CacheSource> caches() {
        return List.of();
    }
}
