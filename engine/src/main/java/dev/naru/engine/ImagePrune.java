package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.Image;
import dev.naru.image.Images;
import dev.naru.wire.ImageDeleteResponseItem;
import dev.naru.wire.ImagePruneResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Removes images that nobody uses. */
final class ImagePrune {
    private static final Set<String> FILTERS = Set.of("dangling", "label", "label!", "until");
    private final Images images;
    private final ImageUsers users;
    private final ImageRemoval removal;
    private final EventSink events;

    ImagePrune(Images images, ImageUsers users, ImageRemoval removal, EventSink events) {
        this.images = requireNonNull(images, "images");
        this.users = requireNonNull(users, "users");
        this.removal = requireNonNull(removal, "removal");
        this.events = requireNonNull(events, "events");
    }

    ImagePruneResponse prune(Filters filters) {
        filters.requireKnown(FILTERS);
        boolean danglingOnly = FilterValues.truth(filters, "dangling", true);
        long until = FilterValues.until(filters);
        long before = images.layersSize();
        List<ImageDeleteResponseItem> removed = new ArrayList<>();
        for (Image image : images.list()) {
            boolean wanted = (!danglingOnly || image.tags().isEmpty())
                    && ImageList.created(image) < until
                    && filters.matchesLabels("label", ImageList.labels(image))
                    && FilterValues.lacksLabels(filters, ImageList.labels(image))
                    && users.count(image.id()) == 0;
            if (wanted) {
                removed.addAll(remove(image));
            }
        }
        long reclaimed = Math.max(0, before - images.layersSize());
        events.publish("image", "prune", "", Map.of("reclaimed", Long.toString(reclaimed)));
        return new ImagePruneResponse(removed.isEmpty() ? null : removed, reclaimed);
    }

    private List<ImageDeleteResponseItem> remove(Image image) {
        List<ImageDeleteResponseItem> removed = new ArrayList<>();
        List<String> references = image.tags().isEmpty() ? List.of(image.id()) : image.tags();
        for (String reference : references) {
            try {
                removed.addAll(removal.remove(reference, false, true));
            } catch (NaruException e) {
                if (e.kind() != ErrorKind.CONFLICT && e.kind() != ErrorKind.NOT_FOUND) {
                    throw e;
                }
                // Somebody began to use it, or was faster: it is no longer for us to remove.
            }
        }
        return removed;
    }
}
