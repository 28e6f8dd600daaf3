package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.image.Image;
import dev.naru.image.Images;
import dev.naru.wire.ImageDeleteResponseItem;
import java.util.ArrayList;
import java.util.List;

/** Removes references and images, and tells of it. */
final class ImageRemoval {
    private final Images images;
    private final ImageUsers users;
    private final EventSink events;

    ImageRemoval(Images images, ImageUsers users, EventSink events) {
        this.images = requireNonNull(images, "images");
        this.users = requireNonNull(users, "users");
        this.events = requireNonNull(events, "events");
    }

    List<ImageDeleteResponseItem> remove(String reference, boolean force, boolean prune) {
        Image image = images.get(reference);
        List<ImageDeleteResponseItem> done = new ArrayList<>();
        for (Images.Removal step : images.remove(reference, force, prune, users)) {
            done.add(new ImageDeleteResponseItem(step.untagged(), step.deleted()));
            if (step.untagged() != null) {
                events.publish(Happening.of(image, "untag", image.id()));
            } else if (image.id().equals(step.deleted())) {
                events.publish(Happening.of(image, "delete", image.id()));
            }
        }
        return done;
    }
}
