package dev.naru.engine;

import dev.naru.build.BuildProgress;
import dev.naru.build.BuildResult;
import dev.naru.build.BuildSession;
import dev.naru.build.BuildSolver;
import dev.naru.build.CacheUsage;
import dev.naru.build.ContextTree;
import dev.naru.wire.BuildCache;
import dev.naru.wire.BuildEvent;
import dev.naru.wire.BuildLine;
import dev.naru.wire.BuildPruneResponse;
import java.io.InputStream;
import java.util.List;
import java.util.function.Consumer;

/** Builds images. Knows no protocol: each door translates its own. */
public interface BuildService {
    /** Turns what is to be built into a graph; may solve parts of it meanwhile. */
    @FunctionalInterface
    interface Frontend {
        BuildResult build() throws InterruptedException;
    }

    /**
     * What is built.
     *
     * @param id by which it can be cancelled, empty for none
     * @param names of the image, in any form; empty for none
     */
    record BuildOrder(String id, Frontend frontend, BuildSession session, List<String> names) {
        public BuildOrder {
            names = List.copyOf(names);
        }
    }

    /** Solves graphs for doors that need more than {@link #build}. */
    BuildSolver solver();

    /** Begins a build that a door does in steps of its own. */
    BuildWork open(BuildSession session, BuildProgress progress);

    /** Reads a context from a tar stream, plain or compressed. */
    ContextTree context(InputStream tar) throws InterruptedException;

    /**
     * Builds an image into the store.
     *
     * @return the image's id
     * @throws InterruptedException when it was cancelled; all of its steps have ended then
     */
    String build(BuildOrder order, BuildProgress progress) throws InterruptedException;

    /** Makes a solved result an image of the store. */
    String store(String chain, BuildResult.PlatformResult result, long created, List<String> names);

    /**
     * Builds as the classic builder does, telling it in that one's words.
     *
     * @param body the context as a tar stream, unless it comes from elsewhere
     * @param received runs when the body is no longer needed
     */
    void classic(ClassicBuildRequest request, InputStream body, Runnable received, Consumer<BuildLine> sink)
            throws InterruptedException;

    /**
     * Builds a context that is sent as a whole, telling each event.
     *
     * @param body the context as a tar stream, unless it comes from elsewhere
     * @param received runs when the body is no longer needed
     * @return the image's id
     */
    String described(ClassicBuildRequest request, InputStream body, Runnable received, Consumer<BuildEvent> sink)
            throws InterruptedException;

    /** Stops a build; one that is not running is fine. */
    void cancel(String id);

    /** What the builder keeps. */
    List<BuildCache> usage();

    /** Removes what the builder keeps, by the engine's filters: {@code until}, {@code id}, {@code type}, … */
    BuildPruneResponse prune(boolean all, long keep, Filters filters);

    /** What the builder keeps, and its removal by policy. */
    CacheUsage cache();
}
