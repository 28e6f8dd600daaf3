package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.ContainerService.ListQuery;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.DiskShare;
import dev.naru.image.Image;
import dev.naru.image.Images;
import dev.naru.linux.Descriptor;
import dev.naru.linux.Errno;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileTree;
import dev.naru.linux.LinuxException;
import dev.naru.wire.ContainerSummary;
import dev.naru.wire.ContainerSummaryBuilder;
import dev.naru.wire.DiskUsage;
import dev.naru.wire.ImageSummary;
import dev.naru.wire.ImageSummaryBuilder;
import java.nio.file.Path;
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
    private final ContainerPaths paths;

    SpaceUsage(
            Images images,
            ImageService imageService,
            ContainerService containers,
            VolumeCatalog volumes,
            BuildService builds,
            ContainerPaths paths) {
        this.images = requireNonNull(images, "images");
        this.imageService = requireNonNull(imageService, "imageService");
        this.containers = requireNonNull(containers, "containers");
        this.volumes = requireNonNull(volumes, "volumes");
        this.builds = requireNonNull(builds, "builds");
        this.paths = requireNonNull(paths, "paths");
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
                all || types.contains("container") ? containers() : null,
                all || types.contains("volume") ? volumes.measured() : null,
                all || types.contains("build-cache") ? builds.usage() : null);
    }

    /** Here a container's size is all that it has on the disk: what it wrote, its logs, and its own files. */
    private List<ContainerSummary> containers() {
        return containers.list(new ListQuery(true, 0, false, Filters.NONE)).stream()
                .map(each -> {
                    String id = String.valueOf(each.id());
                    long written = images.snapshotter().allocated(id);
                    long record = allocated(paths.record(id));
                    long image = images.find(String.valueOf(each.imageID()))
                            .map(Image::size)
                            .orElse(0L);
                    return ContainerSummaryBuilder.builder(each)
                            .sizeRw(written + record)
                            .sizeRootFs(written + record + image)
                            .build();
                })
                .toList();
    }

    private static long allocated(Path path) {
        try (var calls = new FileCalls();
                var directory = Descriptor.open(path.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            return FileTree.allocated(calls, directory.number());
        } catch (LinuxException failure) {
            if (failure.errno() == Errno.ENOENT) {
                // Removed meanwhile.
                return 0;
            }
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot measure " + path, failure);
        }
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
