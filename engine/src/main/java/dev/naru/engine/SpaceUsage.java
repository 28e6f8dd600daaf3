package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.ContainerService.ListQuery;
import dev.naru.error.NaruException;
import dev.naru.image.Images;
import dev.naru.wire.DiskUsage;
import java.util.Set;

/** What {@code docker system df} counts. */
final class SpaceUsage {
    private static final Set<String> TYPES = Set.of("image", "container", "volume", "build-cache");
    private final Images images;
    private final ImageService imageService;
    private final ContainerService containers;
    private final VolumeCatalog volumes;
    private final BuildService builds;

    SpaceUsage(
            Images images,
            ImageService imageService,
            ContainerService containers,
            VolumeCatalog volumes,
            BuildService builds) {
        this.images = requireNonNull(images, "images");
        this.imageService = requireNonNull(imageService, "imageService");
        this.containers = requireNonNull(containers, "containers");
        this.volumes = requireNonNull(volumes, "volumes");
        this.builds = requireNonNull(builds, "builds");
    }

    DiskUsage measure(Set<String> types) {
        for (String type : types) {
            if (!TYPES.contains(type)) {
                throw NaruException.invalid("unknown object type: " + type);
            }
        }
        boolean all = types.isEmpty();
        boolean image = all || types.contains("image");
        return new DiskUsage(
                image ? images.layersSize() : 0L,
                image ? imageService.list(true, Filters.NONE, true, true) : null,
                all || types.contains("container") ? containers.list(new ListQuery(true, 0, true, Filters.NONE)) : null,
                all || types.contains("volume") ? volumes.measured() : null,
                all || types.contains("build-cache") ? builds.usage() : null);
    }
}
