package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.image.Image;
import dev.naru.image.Images;
import dev.naru.oci.Platform;
import dev.naru.oci.Reference;
import dev.naru.wire.ContainerConfig;
import dev.naru.wire.CreateImageInfo;
import dev.naru.wire.ImageDeleteResponseItem;
import dev.naru.wire.ImageHistoryResponseItem;
import dev.naru.wire.ImageInspect;
import dev.naru.wire.ImageInspectBuilder;
import dev.naru.wire.ImagePruneResponse;
import dev.naru.wire.ImageSummary;
import dev.naru.wire.ImageSummaryBuilder;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The images of an engine as its clients see them. */
final class ImageCatalog implements ImageService {
    private final Images images;
    private final EventSink events;
    private final ImageUse uses;
    private final ImageList list;
    private final VariantView variants;
    private final ImageRemoval removal;
    private final ImagePrune prune;
    private final ImageCommit commit;

    ImageCatalog(
            Images images, ContainerRegistry registry, ContainerService containers, ImageUse uses, EventSink events) {
        this.images = requireNonNull(images, "images");
        this.events = requireNonNull(events, "events");
        this.uses = requireNonNull(uses, "uses");
        ImageUsers users = new ImageUsers(registry);
        this.list = new ImageList(images, users);
        this.variants = new VariantView(images, registry);
        this.removal = new ImageRemoval(images, users, events);
        this.prune = new ImagePrune(images, users, removal, events);
        this.commit = new ImageCommit(images, registry, containers, events);
    }

    @Override
    public List<ImageSummary> list(
            boolean all, Filters filters, boolean sharedSize, boolean digests, boolean manifests) {
        List<ImageSummary> shown = list.list(filters, sharedSize);
        if (!manifests) {
            return shown;
        }
        return shown.stream()
                .map(each -> images.find(String.valueOf(each.id()))
                        .map(image -> ImageSummaryBuilder.builder(each)
                                .manifests(variants.of(image))
                                .descriptor(variants.descriptor(image))
                                .build())
                        .orElse(each))
                .toList();
    }

    @Override
    public ImageInspect inspect(String name, @Nullable String platform, boolean manifests) {
        Image image = images.get(name);
        Image shown = platform == null || platform.isEmpty() ? image : forPlatform(name, image, platform);
        ImageInspect view = ImageViews.inspect(shown, images.snapshotter());
        return manifests
                ? ImageInspectBuilder.builder(view)
                        .manifests(variants.of(image))
                        .descriptor(variants.descriptor(image))
                        .build()
                : view;
    }

    private Image forPlatform(String name, Image image, String platform) {
        Platform wanted = PlatformText.of(platform);
        return images.variant(image, wanted)
                .orElseThrow(() -> NaruException.notFound("image with reference " + name
                        + " was found but its platform (" + PlatformText.text(image.config()) + ") does not match the"
                        + " specified platform (" + PlatformText.text(wanted) + ")"));
    }

    @Override
    public List<ImageHistoryResponseItem> history(String name) {
        Image image = images.get(name);
        return ImageViews.history(image, images.layerSizes(image));
    }

    @Override
    public void tag(String name, String repository, @Nullable String tag) {
        Image image = images.get(name);
        String reference = reference(repository, tag);
        if (reference == null) {
            throw NaruException.invalid("invalid reference format");
        }
        images.tag(image.id(), reference);
        events.publish(Happening.of(image, "tag", Reference.parse(reference).familiar()));
    }

    /**
     * A name with tag from the parts of a request; null without a repository.
     *
     * @throws NaruException INVALID with Docker's text
     */
    static @Nullable String reference(@Nullable String repository, @Nullable String tag) {
        if (repository == null || repository.isEmpty()) {
            return null;
        }
        Reference reference = Reference.parse(repository);
        if (reference.digest() != null) {
            throw NaruException.invalid("refusing to create a tag with a digest reference");
        }
        if (tag != null && !tag.isEmpty()) {
            return Reference.parse(reference.familiarRepository() + ":" + tag).familiar();
        }
        return reference.tagged().familiar();
    }

    @Override
    public List<ImageDeleteResponseItem> remove(String name, boolean force, boolean prune) {
        return removal.remove(name, force, prune);
    }

    @Override
    public ImagePruneResponse prune(Filters filters) {
        return prune.prune(filters);
    }

    @Override
    public void load(InputStream archive, List<String> platforms, boolean quiet, Consumer<CreateImageInfo> progress) {
        if (platforms.size() > 1) {
            throw NaruException.invalid("cannot load for several platforms: an image here has one; load without"
                    + " --platform keeps all that the archive has");
        }
        Platform platform = platforms.isEmpty() ? null : PlatformText.of(platforms.getFirst());
        Consumer<Images.Progress> lines = quiet ? ignored -> {} : step -> progress.accept(ImageProgress.line(step));
        for (String loaded : images.load(archive, platform, lines)) {
            boolean named = !loaded.startsWith("sha256:");
            progress.accept(ImageProgress.text((named ? "Loaded image: " : "Loaded image ID: ") + loaded + "\n"));
            images.find(loaded).ifPresent(image -> {
                uses.note(image.id());
                events.publish(Happening.of(image, "load", loaded));
            });
        }
    }

    @Override
    public void save(List<String> names, List<String> platforms, OutputStream archive) {
        List<Image> saved = names.stream().map(images::get).toList();
        images.save(names, platforms.stream().map(PlatformText::of).toList(), archive);
        saved.forEach(image -> events.publish(Happening.of(image, "save", image.id())));
    }

    @Override
    public String importRootfs(InputStream tar, ImportRequest request) {
        String reference = reference(request.repository(), request.tag());
        ContainerConfig config = ImageChanges.apply(ImageRunConfigs.empty(), request.changes());
        String comment =
                request.message() == null || request.message().isEmpty() ? "Imported from -" : request.message();
        String id = images.importRootfs(
                tar, new Images.Commit(reference, ImageRunConfigs.of(config), "", comment, "", request.platform()));
        events.publish("image", "import", id, Map.of("name", reference == null ? id : reference));
        return id;
    }

    @Override
    public String commit(CommitRequest request, @Nullable ContainerConfig config) {
        return commit.commit(request, config);
    }
}
