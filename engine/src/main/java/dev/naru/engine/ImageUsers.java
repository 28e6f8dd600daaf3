package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.image.Images;
import java.util.LinkedHashMap;
import java.util.Map;

/** Which containers use an image. */
final class ImageUsers implements Images.UsageCheck {
    private static final int SHORT_ID = 12;
    private final ContainerRegistry containers;

    ImageUsers(ContainerRegistry containers) {
        this.containers = requireNonNull(containers, "containers");
    }

    @Override
    public Map<String, Boolean> containersOf(String imageId) {
        Map<String, Boolean> users = new LinkedHashMap<>();
        for (Container container : containers.all()) {
            if (container.record().imageId().equals(imageId)
                    || container.record().mounts().stream()
                            .anyMatch(mount -> mount.isImage() && mount.source().equals(imageId))) {
                users.put(
                        container.id().substring(0, SHORT_ID),
                        container.status().phase().alive());
            }
        }
        return users;
    }

    int count(String imageId) {
        return containersOf(imageId).size();
    }
}
