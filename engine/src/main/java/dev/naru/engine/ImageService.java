package dev.naru.engine;

import dev.naru.wire.ContainerConfig;
import dev.naru.wire.CreateImageInfo;
import dev.naru.wire.ImageDeleteResponseItem;
import dev.naru.wire.ImageHistoryResponseItem;
import dev.naru.wire.ImageInspect;
import dev.naru.wire.ImagePruneResponse;
import dev.naru.wire.ImageSummary;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Images. {@code name} is a reference, an id or an unambiguous beginning of one. */
public interface ImageService {
    default List<ImageSummary> list(boolean all, Filters filters, boolean sharedSize, boolean digests) {
        return list(all, filters, sharedSize, digests, false);
    }

    /**
     * Lists images.
     *
     * @param manifests whether to tell of the platforms that each image has
     */
    List<ImageSummary> list(boolean all, Filters filters, boolean sharedSize, boolean digests, boolean manifests);

    default ImageInspect inspect(String name) {
        return inspect(name, null, false);
    }

    /**
     * Tells what an image is.
     *
     * @param platform which image of a multi-platform one, as JSON or {@code os/arch/variant}; null for the one that the
     *     name stands for
     * @param manifests whether to tell of the platforms that it has
     * @throws dev.naru.error.NaruException NOT_FOUND when there is none for the platform here
     */
    ImageInspect inspect(String name, @Nullable String platform, boolean manifests);

    List<ImageHistoryResponseItem> history(String name);

    void tag(String name, String repository, @Nullable String tag);

    List<ImageDeleteResponseItem> remove(String name, boolean force, boolean prune);

    ImagePruneResponse prune(Filters filters);

    /** Progress lines are those of Docker: stream, status, progressDetail, errorDetail. */
    default void load(InputStream archive, boolean quiet, Consumer<CreateImageInfo> progress) {
        load(archive, List.of(), quiet, progress);
    }

    /**
     * Loads the images of an archive.
     *
     * @param platforms which images of multi-platform ones get the names, one at most; empty for the host's
     */
    void load(InputStream archive, List<String> platforms, boolean quiet, Consumer<CreateImageInfo> progress);

    default void save(List<String> names, OutputStream archive) {
        save(names, List.of(), archive);
    }

    /**
     * Writes images as an archive.
     *
     * @param platforms of multi-platform images, as JSON or {@code os/arch/variant}; empty for all that are here
     */
    void save(List<String> names, List<String> platforms, OutputStream archive);

    /** Makes an image of a file system's tar stream; answers its id. */
    String importRootfs(InputStream tar, ImportRequest request);

    /** Makes an image from a container; answers its id. */
    String commit(CommitRequest request, @Nullable ContainerConfig config);

    /** What an imported image is; {@code changes} are Dockerfile instructions. */
    record ImportRequest(
            @Nullable String repository,
            @Nullable String tag,
            @Nullable String message,
            List<String> changes,
            @Nullable String platform) {}

    /** What a committed image is; {@code changes} are Dockerfile instructions. */
    record CommitRequest(
            String container,
            @Nullable String repository,
            @Nullable String tag,
            @Nullable String comment,
            @Nullable String author,
            boolean pause,
            List<String> changes) {}
}
