package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.ContainerService.ListQuery;
import dev.naru.image.Image;
import dev.naru.image.Images;
import dev.naru.volume.Volumes;
import dev.naru.wire.ContainerSummary;
import dev.naru.wire.ContainerSummaryBuilder;
import dev.naru.wire.ContainerSummaryHostConfig;
import dev.naru.wire.ContainerSummaryNetworkSettings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What {@code docker ps} tells of containers. */
final class ListView {
    private final ContainerRegistry containers;
    private final Images images;
    private final Volumes volumes;
    private final NetworkView networks;

    ListView(ContainerRegistry containers, Images images, Volumes volumes, NetworkView networks) {
        this.containers = requireNonNull(containers, "containers");
        this.images = requireNonNull(images, "images");
        this.volumes = requireNonNull(volumes, "volumes");
        this.networks = requireNonNull(networks, "networks");
    }

    /**
     * The containers that match, newest first.
     *
     * @throws dev.naru.error.NaruException INVALID with Docker's text for a filter that makes no sense
     */
    List<ContainerSummary> of(ListQuery query) {
        ListFilter filter = new ListFilter(query, containers, images, networks);
        long now = Timestamps.now();
        Map<String, String> names = new HashMap<>();
        Map<String, List<String>> aliases = aliases();
        List<Container> newest = new ArrayList<>(containers.all());
        newest.sort(Comparator.comparingLong(
                        (Container container) -> container.record().created())
                .reversed());
        var summaries = new ArrayList<ContainerSummary>();
        for (Container container : newest) {
            if (query.limit() > 0 && summaries.size() >= query.limit()) {
                break;
            }
            if (filter.test(container)) {
                summaries.add(summary(container, now, names, aliases, query.size()));
            }
        }
        return summaries;
    }

    /** The names that links give to containers, by the containers' ids. */
    private Map<String, List<String>> aliases() {
        Map<String, List<String>> aliases = new HashMap<>();
        for (Container container : containers.all()) {
            ContainerRecord record = container.record();
            for (String text : Values.list(record.hostConfig().links())) {
                Link link = Link.parse(text);
                containers.find(link.container()).ifPresent(target -> aliases.computeIfAbsent(
                                target.id(), id -> new ArrayList<>())
                        .add("/" + record.name() + "/" + link.alias()));
            }
        }
        return aliases;
    }

    private List<String> names(ContainerRecord record, Map<String, List<String>> aliases) {
        var names = new ArrayList<>(List.of("/" + record.name()));
        names.addAll(aliases.getOrDefault(record.id(), List.of()));
        return names;
    }

    private String source(ContainerMount mount) {
        return mount.isVolume()
                ? volumes.find(mount.name())
                        .map(volume -> volume.mountpoint().toString())
                        .orElse("")
                : mount.source();
    }

    private ContainerSummary summary(
            Container container, long now, Map<String, String> names, Map<String, List<String>> aliases, boolean size) {
        ContainerRecord record = container.record();
        Map<String, String> annotations = Values.map(record.hostConfig().annotations());
        ContainerSummaryBuilder summary = ContainerSummaryBuilder.builder()
                .id(record.id())
                .names(names(record, aliases))
                .image(image(record, names))
                .imageID(record.imageId())
                .command(command(record))
                .created(record.created() / 1_000_000_000L)
                .ports(NetworkView.ports(container))
                .labels(Values.map(record.config().labels()))
                .state(InspectView.phase(container.status()))
                .status(StatusText.of(container, now))
                .hostConfig(new ContainerSummaryHostConfig(
                        Values.text(record.hostConfig().networkMode()), annotations.isEmpty() ? null : annotations))
                .networkSettings(new ContainerSummaryNetworkSettings(networks.endpoints(container)))
                .mounts(record.mounts().stream()
                        .map(mount -> mount.view(source(mount)))
                        .toList());
        if (size) {
            long written = images.snapshotter().usage(record.id());
            summary.sizeRw(written)
                    .sizeRootFs(written
                            + images.find(record.imageId()).map(Image::size).orElse(0L));
        }
        return summary.build();
    }

    /** The image's name as long as it still means that image, otherwise its id. */
    private String image(ContainerRecord record, Map<String, String> names) {
        String meant = names.computeIfAbsent(
                record.imageName(), name -> images.find(name).map(Image::id).orElse(""));
        return meant.equals(record.imageId()) ? record.imageName() : record.imageId();
    }

    private static String command(ContainerRecord record) {
        var command = new StringBuilder(record.path());
        for (String argument : record.arguments()) {
            boolean spaced = argument.indexOf(' ') >= 0;
            command.append(spaced ? " '" : " ").append(argument).append(spaced ? "'" : "");
        }
        return command.toString();
    }
}
