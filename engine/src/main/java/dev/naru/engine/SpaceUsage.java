package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.ContainerService.ListQuery;
import dev.naru.error.NaruException;
import dev.naru.image.DiskShare;
import dev.naru.image.Images;
import dev.naru.wire.DiskUsage;
import dev.naru.wire.ImageSummary;
import dev.naru.wire.ImageSummaryBuilder;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What {@code docker system df} counts. */
final class SpaceUsage {
    private static final Set<String> TYPES = Set.of("image", "container", "volume", "build-cache");
    private static final DiskShare NOTHING = new DiskShare(0, 0);
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
        Map<String, DiskShare> shares = image ? images.diskShares() : Map.of();
        return new DiskUsage(
                image ? shares.getOrDefault("", NOTHING).size() : 0L,
                image ? images(shares) : null,
                all || types.contains("container") ? containers.list(new ListQuery(true, 0, true, Filters.NONE)) : null,
                all || types.contains("volume") ? volumes.measured() : null,
                all || types.contains("build-cache") ? builds.usage() : null);
    }

    /** Here an image's size is what it takes of the disk, blobs included, as with Docker's containerd store. */
    private List<ImageSummary> images(Map<String, DiskShare> shares) {
        return imageService.list(true, Filters.NONE, false, true).stream()
                .map(each -> {
                    DiskShare share = shares.getOrDefault(String.valueOf(each.id()), NOTHING);
                    return ImageSummaryBuilder.builder(each)
                            .size(share.size())
                            .sharedSize(share.shared())
                            .build();
                })
                .toList();
    }
}
