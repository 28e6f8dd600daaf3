package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.ContainerStatus.Phase;
import dev.naru.engine.ImageService.CommitRequest;
import dev.naru.error.NaruException;
import dev.naru.image.Image;
import dev.naru.image.Images;
import dev.naru.oci.Reference;
import dev.naru.wire.ContainerConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes images from containers. */
final class ImageCommit {
    private final Images images;
    private final ContainerRegistry registry;
    private final ContainerService containers;
    private final EventSink events;

    ImageCommit(Images images, ContainerRegistry registry, ContainerService containers, EventSink events) {
        this.images = requireNonNull(images, "images");
        this.registry = requireNonNull(registry, "registry");
        this.containers = requireNonNull(containers, "containers");
        this.events = requireNonNull(events, "events");
    }

    String commit(CommitRequest request, @Nullable ContainerConfig given) {
        Container container = registry.get(request.container());
        ContainerRecord record = container.record();
        Phase phase = container.status().phase();
        if (phase == Phase.REMOVING || phase == Phase.DEAD) {
            throw NaruException.conflict("You cannot commit container " + container.id() + " which is "
                    + (phase == Phase.DEAD ? "Dead" : "being removed"));
        }
        String reference = ImageCatalog.reference(request.repository(), request.tag());
        ContainerConfig changed =
                ImageChanges.apply(given == null ? ImageRunConfigs.empty() : given, request.changes());
        ContainerConfig config = ImageRunConfigs.merge(changed, record.config());
        List<String> command = record.config().cmd();
        Image base = record.imageId().isEmpty()
                ? null
                : images.find(record.imageId()).orElse(null);
        Images.Commit commit = new Images.Commit(
                reference,
                ImageRunConfigs.of(config),
                request.author() == null ? "" : request.author(),
                request.comment() == null ? "" : request.comment(),
                command == null ? "" : String.join(" ", command),
                null);
        String id = frozen(container, request.pause(), () -> images.commit(base, container.id(), commit));
        publish(container, id, reference, commit.comment());
        return id;
    }

    private String frozen(Container container, boolean pause, java.util.function.Supplier<String> work) {
        if (!pause || container.status().phase() != Phase.RUNNING) {
            return work.get();
        }
        containers.pause(container.id());
        try {
            return work.get();
        } finally {
            containers.unpause(container.id());
        }
    }

    private void publish(Container container, String id, @Nullable String reference, String comment) {
        images.find(id).ifPresent(image -> {
            events.publish(Happening.of(image, "create", id));
            if (reference != null) {
                events.publish(
                        Happening.of(image, "tag", Reference.parse(reference).familiar()));
            }
        });
        ContainerRecord record = container.record();
        Map<String, String> labels = record.config().labels();
        Map<String, String> attributes = new LinkedHashMap<>(labels == null ? Map.of() : labels);
        attributes.put("image", record.imageName());
        attributes.put("name", record.name());
        attributes.put("comment", comment);
        attributes.put("imageID", id);
        attributes.put("imageRef", reference == null ? "" : reference);
        events.publish("container", "commit", container.id(), attributes);
    }
}
