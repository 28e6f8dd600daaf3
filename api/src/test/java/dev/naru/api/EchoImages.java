package dev.naru.api;

import dev.naru.engine.Filters;
import dev.naru.engine.ImageService;
import dev.naru.error.NaruException;
import dev.naru.wire.ContainerConfig;
import dev.naru.wire.CreateImageInfo;
import dev.naru.wire.CreateImageInfoBuilder;
import dev.naru.wire.ImageDeleteResponseItem;
import dev.naru.wire.ImageHistoryResponseItem;
import dev.naru.wire.ImageInspect;
import dev.naru.wire.ImagePruneResponse;
import dev.naru.wire.ImageSummary;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Images that are nothing but their names. */
final class EchoImages implements ImageService {
    @Override
    public List<ImageSummary> list(
            boolean all, Filters filters, boolean sharedSize, boolean digests, boolean manifests) {
        return List.of();
    }

    @Override
    public ImageInspect inspect(String name, @Nullable String platform, boolean manifests) {
        if (name.equals("missing")) {
            throw NaruException.notFound("No such image: missing:latest");
        }
        String config = name.equals("configured") ? ",\"Config\":{\"Cmd\":[\"sh\"]}" : "";
        String json = "{\"Id\":\"" + name + "\"" + config + "}";
        return Json.read(ImageInspect.class, json.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public List<ImageHistoryResponseItem> history(String name) {
        return List.of();
    }

    @Override
    public void tag(String name, String repository, @Nullable String tag) {}

    @Override
    public List<ImageDeleteResponseItem> remove(String name, boolean force, boolean prune) {
        return List.of(new ImageDeleteResponseItem(name, null));
    }

    @Override
    public ImagePruneResponse prune(Filters filters) {
        return new ImagePruneResponse(List.of(), 0L);
    }

    @Override
    public void load(InputStream archive, List<String> platforms, boolean quiet, Consumer<CreateImageInfo> progress) {
        long[] size = new long[1];
        StreamRoutes.unchecked(() -> size[0] = archive.transferTo(OutputStream.nullOutputStream()));
        if (size[0] == 0) {
            throw NaruException.invalid("no image archive");
        }
        progress.accept(CreateImageInfoBuilder.builder().stream("Loaded " + size[0] + "\n")
                .build());
        if (size[0] < 10) {
            throw NaruException.invalid("unexpected EOF");
        }
    }

    @Override
    public void save(List<String> names, List<String> platforms, OutputStream archive) {
        StreamRoutes.unchecked(() -> archive.write(String.join(" ", names).getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public String importRootfs(InputStream tar, ImportRequest request) {
        return "sha256:0";
    }

    @Override
    public String commit(CommitRequest request, @Nullable ContainerConfig config) {
        return "sha256:" + request.container() + request.pause();
    }
}
