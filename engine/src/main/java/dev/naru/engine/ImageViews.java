package dev.naru.engine;

import dev.naru.image.Image;
import dev.naru.image.Snapshotter;
import dev.naru.oci.History;
import dev.naru.oci.ImageConfig;
import dev.naru.oci.ImageHealthcheck;
import dev.naru.oci.ImageRunConfig;
import dev.naru.wire.DriverData;
import dev.naru.wire.ImageHistoryResponseItem;
import dev.naru.wire.ImageInspect;
import dev.naru.wire.ImageInspectBuilder;
import dev.naru.wire.ImageInspectMetadata;
import dev.naru.wire.ImageInspectRootFS;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** An image as the API shows it. */
final class ImageViews {
    private static final ImageRunConfig EMPTY =
            new ImageRunConfig(null, null, null, null, null, null, null, null, null, null, null, null, null);

    private ImageViews() {}

    static ImageInspect inspect(Image image, Snapshotter snapshotter) {
        ImageConfig config = image.config();
        return ImageInspectBuilder.builder()
                .id(image.id())
                .repoTags(image.tags())
                .repoDigests(image.repoDigests())
                .parent("")
                .comment(comment(config))
                .created(config.created())
                .dockerVersion(text(config.dockerVersion()))
                .author(text(config.author()))
                .config(run(config.config() == null ? EMPTY : config.config()))
                .architecture(config.architecture())
                .variant(config.variant())
                .os(config.os())
                .osVersion(config.osVersion())
                .size(image.size())
                .graphDriver(new DriverData(snapshotter.name(), snapshotter.describeImage(image.chainId())))
                .rootFS(new ImageInspectRootFS("layers", config.rootfs().diffIds()))
                .metadata(new ImageInspectMetadata(Timestamps.text(Timestamps.of(image.lastTagged()))))
                .build();
    }

    private static String comment(ImageConfig config) {
        List<History> history = config.history();
        if (config.comment() != null) {
            return config.comment();
        }
        return history == null || history.isEmpty()
                ? ""
                : text(history.getLast().comment());
    }

    private static Map<String, @Nullable Object> run(ImageRunConfig config) {
        Map<String, @Nullable Object> shown = new LinkedHashMap<>();
        shown.put("Cmd", config.cmd());
        shown.put("Entrypoint", config.entrypoint());
        shown.put("Env", config.env());
        shown.put("Labels", config.labels());
        shown.put("OnBuild", config.onBuild());
        shown.put("User", text(config.user()));
        shown.put("Volumes", config.volumes());
        shown.put("WorkingDir", text(config.workingDir()));
        BiConsumer<String, @Nullable Object> present = (name, value) -> {
            if (value != null) {
                shown.put(name, value);
            }
        };
        present.accept("ExposedPorts", config.exposedPorts());
        present.accept("StopSignal", config.stopSignal());
        present.accept("ArgsEscaped", config.argsEscaped());
        present.accept("Shell", config.shell());
        ImageHealthcheck check = config.healthcheck();
        if (check != null) {
            shown.put("Healthcheck", healthcheck(check));
        }
        return shown;
    }

    private static Map<String, Object> healthcheck(ImageHealthcheck check) {
        Map<String, Object> shown = new LinkedHashMap<>();
        BiConsumer<String, @Nullable Object> present = (name, value) -> {
            if (value != null) {
                shown.put(name, value);
            }
        };
        present.accept("Test", check.test());
        present.accept("Interval", check.interval());
        present.accept("Timeout", check.timeout());
        present.accept("StartPeriod", check.startPeriod());
        present.accept("StartInterval", check.startInterval());
        present.accept("Retries", check.retries());
        return shown;
    }

    /** Newest step first; only the newest has the image's id, because the steps before it are no images here. */
    static List<ImageHistoryResponseItem> history(Image image, List<Long> layerSizes) {
        List<History> steps = image.config().history();
        List<ImageHistoryResponseItem> shown = new ArrayList<>();
        int layer = 0;
        for (History step : steps == null ? List.<History>of() : steps) {
            boolean empty = Boolean.TRUE.equals(step.emptyLayer());
            long size = empty || layer >= layerSizes.size() ? 0 : layerSizes.get(layer);
            layer += empty ? 0 : 1;
            shown.addFirst(new ImageHistoryResponseItem(
                    "<missing>", seconds(step.created()), text(step.createdBy()), null, size, text(step.comment())));
        }
        if (!shown.isEmpty()) {
            ImageHistoryResponseItem newest = shown.getFirst();
            shown.set(
                    0,
                    new ImageHistoryResponseItem(
                            image.id(),
                            newest.created(),
                            newest.createdBy(),
                            image.tags().isEmpty() ? null : image.tags(),
                            newest.size(),
                            newest.comment()));
        }
        return shown;
    }

    private static long seconds(@Nullable String created) {
        try {
            return created == null ? 0 : Timestamps.parse(created) / 1_000_000_000L;
        } catch (java.time.DateTimeException | ArithmeticException e) {
            return 0;
        }
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }
}
