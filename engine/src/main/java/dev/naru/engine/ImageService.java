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
    List<ImageSummary> list(boolean all, Filters filters, boolean sharedSize, boolean digests);

    ImageInspect inspect(String name);

    List<ImageHistoryResponseItem> history(String name);

    void tag(String name, String repository, @Nullable String tag);

    List<ImageDeleteResponseItem> remove(String name, boolean force, boolean prune);

    ImagePruneResponse prune(Filters filters);

    /** Progress lines are those of Docker: stream, status, progressDetail, errorDetail. */
    void load(InputStream archive, boolean quiet, Consumer<CreateImageInfo> progress);

    void save(List<String> names, OutputStream archive);

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
