package dev.naru.client;

import dev.naru.http.Headers;
import dev.naru.wire.ContainerConfig;
import dev.naru.wire.CreateImageInfo;
import dev.naru.wire.IDResponse;
import dev.naru.wire.ImageDeleteResponseItem;
import dev.naru.wire.ImageHistoryResponseItem;
import dev.naru.wire.ImageInspect;
import dev.naru.wire.ImagePruneResponse;
import dev.naru.wire.ImageSummary;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The Image group of the Engine API. {@code name} is a reference, an id or an unambiguous beginning of one. */
public final class ImageClient {
    private static final String TAR = "application/x-tar";

    private final Wire wire;

    ImageClient(Wire wire) {
        this.wire = wire;
    }

    public List<ImageSummary> list(boolean all, boolean digests, Map<String, List<String>> filters) {
        Target target = Target.of("images", "json")
                .flag("all", all)
                .flag("digests", digests)
                .filters(filters);
        return wire.call("GET", target, null).asList(ImageSummary.class);
    }

    public ImageInspect inspect(String name) {
        return wire.call("GET", Target.of("images", name, "json"), null).as(ImageInspect.class);
    }

    public List<ImageHistoryResponseItem> history(String name) {
        return wire.call("GET", Target.of("images", name, "history"), null).asList(ImageHistoryResponseItem.class);
    }

    public void tag(String name, String repository, @Nullable String tag) {
        Target target =
                Target.of("images", name, "tag").with("repo", repository).with("tag", tag);
        wire.call("POST", target, null).done();
    }

    public List<ImageDeleteResponseItem> remove(String name, boolean force, boolean prune) {
        Target target = Target.of("images", name).flag("force", force).flag("noprune", !prune);
        return wire.call("DELETE", target, null).asList(ImageDeleteResponseItem.class);
    }

    public ImagePruneResponse prune(Map<String, List<String>> filters) {
        return wire.call("POST", Target.of("images", "prune").filters(filters), null)
                .as(ImagePruneResponse.class);
    }

    /** Loads an archive; a line with an error is the engine's refusal, and the last one. */
    public void load(InputStream archive, boolean quiet, Consumer<CreateImageInfo> progress) {
        Target target = Target.of("images", "load").with("quiet", quiet ? "1" : "0");
        wire.send("POST", target.toString(), new Headers().add("Content-Type", TAR), archive)
                .lines(CreateImageInfo.class, progress);
    }

    /** The images as one archive. */
    public Answer save(List<String> names) {
        return wire.call("GET", Target.of("images", "get").all("names", names), null);
    }

    /** Makes an image of a file system's tar stream. */
    public void importRootfs(
            InputStream tar,
            @Nullable String repository,
            @Nullable String tag,
            @Nullable String message,
            List<String> changes,
            Consumer<CreateImageInfo> progress) {
        Target target = Target.of("images", "create")
                .with("fromSrc", "-")
                .with("repo", repository)
                .with("tag", tag)
                .with("message", message)
                .all("changes", changes);
        wire.send("POST", target.toString(), new Headers().add("Content-Type", TAR), tar)
                .lines(CreateImageInfo.class, progress);
    }

    /** Fetches an image from a registry; {@code image} without its tag. */
    public void pull(
            String image,
            @Nullable String tag,
            @Nullable String platform,
            @Nullable String registryAuth,
            Consumer<CreateImageInfo> progress) {
        Target target = Target.of("images", "create")
                .with("fromImage", image)
                .with("tag", tag)
                .with("platform", platform);
        var headers = new Headers();
        if (registryAuth != null) {
            headers.add("X-Registry-Auth", registryAuth);
        }
        wire.send("POST", target.toString(), headers, InputStream.nullInputStream())
                .lines(CreateImageInfo.class, progress);
    }

    /** Makes an image from a container; answers its id. */
    public String commit(
            String container,
            @Nullable String repository,
            @Nullable String tag,
            @Nullable String comment,
            @Nullable String author,
            boolean pause,
            List<String> changes,
            @Nullable ContainerConfig config) {
        Target target = Target.of("commit")
                .with("container", container)
                .with("repo", repository)
                .with("tag", tag)
                .with("comment", comment)
                .with("author", author)
                .with("pause", pause ? "1" : "0")
                .all("changes", changes);
        String id = wire.call("POST", target, config).as(IDResponse.class).id();
        return id == null ? "" : id;
    }
}
