package dev.naru.engine;

import dev.naru.error.NaruException;
import dev.naru.image.Images;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The images that containers have mounted ({@code --mount type=image}). Each is a snapshot of its own beside the
 * container's, which keeps the image's layers for as long as the container is there.
 */
final class ImageMounts {
    private static final String MARK = ".image";

    private final Images images;

    ImageMounts(Images images) {
        this.images = images;
    }

    /** Which snapshot a mount shows. */
    static Map<ContainerMount, String> keys(ContainerRecord container) {
        var keys = new LinkedHashMap<ContainerMount, String>();
        for (ContainerMount mount : container.mounts()) {
            if (mount.isImage()) {
                keys.put(mount, key(container.id(), keys.size()));
            }
        }
        return keys;
    }

    /** The snapshot of a container's mount; the first is 0. */
    static String key(String containerId, int number) {
        return containerId + MARK + number;
    }

    /** The container that a snapshot belongs to; empty when it is none of ours. */
    static String owner(String key) {
        int mark = key.indexOf(MARK);
        return mark < 0 ? "" : key.substring(0, mark);
    }

    /**
     * Makes the snapshots of a new container.
     *
     * @throws NaruException NOT_FOUND when an image has gone meanwhile
     */
    void prepare(ContainerRecord container) {
        keys(container).forEach((mount, key) -> images.snapshotter()
                .prepareView(key, images.get(mount.source()).chainId()));
    }
}
