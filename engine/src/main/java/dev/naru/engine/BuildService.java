package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.build.BaseImages;
import dev.naru.build.BuildProgress;
import dev.naru.build.BuildResult;
import dev.naru.build.BuildSession;
import dev.naru.build.BuildSolver;
import dev.naru.build.CacheBundle;
import dev.naru.build.CacheSource;
import dev.naru.build.CacheUsage;
import dev.naru.build.ContextTree;
import dev.naru.image.Image;
import dev.naru.oci.Platform;
import dev.naru.wire.BuildCache;
import dev.naru.wire.BuildEvent;
import dev.naru.wire.BuildLine;
import dev.naru.wire.BuildPruneResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

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
     * @param accounts who pushes
     */
    record BuildOrder(
            String id, Frontend frontend, BuildSession session, List<String> names, RegistryAccounts accounts) {
        public BuildOrder {
            names = List.copyOf(names);
        }

        /** Nothing is pushed. */
        public BuildOrder(String id, Frontend frontend, BuildSession session, List<String> names) {
            this(id, frontend, session, names, RegistryAccounts.NONE);
        }
    }

    /** Solves graphs for doors that need more than {@link #build}. */
    BuildSolver solver();

    /** The host's address as steps reach it, empty when their network has none. */
    Optional<String> hostGateway();

    /** The images that builds stand on, fetched with a client's credentials. */
    BaseImages bases(RegistryAccounts accounts);

    /** An image of the store by its manifest's digest. */
    Optional<Image> image(String manifestDigest);

    /**
     * Loads an archive of one image, without giving it a name.
     *
     * @throws dev.naru.error.NaruException INVALID for an archive that is broken
     */
    Image load(InputStream archive, Platform platform);

    /**
     * Sends an image that was built to the registry that its name says.
     *
     * @param step is told of as it moves
     * @return the digest that the registry has it by
     */
    String push(
            String name, Sending sending, RegistryAccounts accounts, BuildProgress.Step step, BuildProgress progress)
            throws InterruptedException;

    /**
     * An image that is sent to a registry.
     *
     * @param created seconds since 1970
     */
    record Sending(BuildOutput.Stored stored, List<BuildOutput.Solved> results, long created) {
        public Sending {
            requireNonNull(stored, "stored");
            results = List.copyOf(results);
        }
    }

    /**
     * Writes an image layout, blob by blob.
     *
     * @return what clients write to their metadata files, as BuildKit names it
     */
    Map<String, String> layout(
            BuildOutput.Archive output, List<BuildOutput.Solved> results, long created, CachePlace place)
            throws InterruptedException;

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

    /** Where an output goes that the client gets. */
    @FunctionalInterface
    interface OutputSink {
        /** Opens the stream of an output, by its place in the list; it is closed when all of it is written. */
        OutputStream open(int output) throws IOException, InterruptedException;
    }

    /**
     * Builds for several outputs at once, and for all platforms that the frontend gives.
     *
     * @return for each output what clients write to their metadata files
     * @throws InterruptedException when it was cancelled; all of its steps have ended then
     */
    List<Map<String, String>> build(
            BuildOrder order, List<BuildOutput> outputs, OutputSink sink, BuildProgress progress)
            throws InterruptedException;

    /** Makes a solved result an image of the store. */
    String store(String chain, BuildResult.PlatformResult result, long created, List<String> names);

    /**
     * Writes solved results where they are wanted; whoever solved them holds them.
     *
     * @param output as {@link OutputSpec} reads it from what clients say
     * @param created seconds since 1970
     * @param out gets the bytes of an output that {@link BuildOutput#isSent}; stays open
     * @return what clients write to their metadata files: {@code containerimage.digest}, …
     * @throws dev.naru.error.NaruException NOT_SUPPORTED for an output that cannot hold several platforms
     */
    Map<String, String> export(BuildOutput output, List<BuildOutput.Solved> results, long created, OutputStream out)
            throws InterruptedException;

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

    /** A build cache under a tag of a registry. */
    CachePlace registryCache(String reference, RegistryAccounts accounts);

    /**
     * Reads what a cache knows.
     *
     * @return empty when there is none
     */
    Optional<CacheSource> openCache(CachePlace place) throws InterruptedException;

    /**
     * Keeps a cache; copies of cache mounts in it are let go of.
     *
     * @param bundle as {@link BuildWork#describe} tells it
     * @param compression of layers: {@code gzip}, which is also what an empty text means, {@code zstd}, {@code uncompressed}
     * @return the descriptor of its manifest, as JSON
     */
    String keepCache(CacheBundle bundle, CachePlace place, String compression) throws InterruptedException;

    /** Lets {@link #cancel} stop the calling thread by an id until this is closed; an empty id is nobody's. */
    dev.naru.build.BuildSolver.Hold cancellable(String id);

    /** Stops a build; one that is not running is fine. */
    void cancel(String id);

    /** What the builder keeps. */
    List<BuildCache> usage();

    /**
     * Removes what the builder keeps, by the engine's filters: {@code until}, {@code id}, {@code type}, …
     *
     * @param all also what images have too: removing that frees no space, and their steps run again
     */
    BuildPruneResponse prune(boolean all, CacheBounds bounds, Filters filters);

    /**
     * Removes what the builder keeps.
     *
     * @param unused only what was not used for so long, null for any
     */
    CacheUsage.Removed prune(
            boolean all, CacheBounds bounds, @Nullable Duration unused, Predicate<CacheUsage.Entry> filter);

    /** What is remembered of builds that have ended. */
    BuildRecords records();

    /** What the builder keeps, and its removal by policy. */
    CacheUsage cache();
}
