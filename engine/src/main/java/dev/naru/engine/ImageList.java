package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.image.Image;
import dev.naru.image.Images;
import dev.naru.oci.ChainId;
import dev.naru.oci.ImageRunConfig;
import dev.naru.oci.Reference;
import dev.naru.wire.ImageSummary;
import dev.naru.wire.ImageSummaryBuilder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What {@code docker images} shows. */
final class ImageList {
    private static final Set<String> FILTERS = Set.of("dangling", "label", "before", "since", "reference", "until");
    private final Images images;
    private final ImageUsers users;

    ImageList(Images images, ImageUsers users) {
        this.images = requireNonNull(images, "images");
        this.users = requireNonNull(users, "users");
    }

    List<ImageSummary> list(Filters filters, boolean sharedSize) {
        filters.requireKnown(FILTERS);
        long before = Math.min(edge(filters, "before", Long.MAX_VALUE), FilterValues.until(filters));
        long since = edge(filters, "since", Long.MIN_VALUE);
        List<GlobPattern> patterns =
                filters.get("reference").stream().map(GlobPattern::new).toList();
        boolean dangling = FilterValues.truth(filters, "dangling", false);
        List<Image> all = images.list();
        Map<String, Long> shared = sharedSize ? sharedLayers(all) : Map.of();
        List<ImageSummary> shown = new ArrayList<>();
        for (Image image : all) {
            long created = created(image);
            List<String> tags =
                    image.tags().stream().filter(tag -> matches(patterns, tag)).toList();
            boolean wanted = created < before
                    && created > since
                    && filters.matchesLabels("label", labels(image))
                    && (!filters.contains("dangling")
                            || dangling == image.tags().isEmpty())
                    && (patterns.isEmpty() || !tags.isEmpty());
            if (wanted) {
                shown.add(summary(image, tags, created, sharedSize ? shared.getOrDefault(image.id(), 0L) : -1L));
            }
        }
        shown.sort(Comparator.comparing(
                summary -> summary.created() == null ? 0L : summary.created(), Comparator.reverseOrder()));
        return shown;
    }

    private long edge(Filters filters, String key, long none) {
        List<String> values = filters.get(key);
        return values.isEmpty() ? none : created(images.get(values.getFirst()));
    }

    static boolean matches(List<GlobPattern> patterns, String tag) {
        if (patterns.isEmpty()) {
            return true;
        }
        String repository = Reference.parse(tag).familiarRepository();
        return patterns.stream().anyMatch(pattern -> pattern.matches(tag) || pattern.matches(repository));
    }

    private ImageSummary summary(Image image, List<String> tags, long created, long shared) {
        return ImageSummaryBuilder.builder()
                .id(image.id())
                .parentId("")
                .repoTags(tags)
                .repoDigests(image.repoDigests())
                .created(Math.floorDiv(created, 1_000_000_000L))
                .size(image.size())
                .sharedSize(shared)
                .labels(labelsOrNull(image))
                .containers(users.count(image.id()))
                .build();
    }

    /** Bytes of layers that other images have too, by image id. */
    private Map<String, Long> sharedLayers(List<Image> all) {
        Map<String, Integer> uses = new HashMap<>();
        for (Image image : all) {
            chains(image).forEach(chain -> uses.merge(chain, 1, Integer::sum));
        }
        Map<String, Long> shared = new HashMap<>();
        for (Image image : all) {
            List<String> chains = chains(image);
            List<Long> sizes = images.layerSizes(image);
            long sum = 0;
            for (int i = 0; i < Math.min(chains.size(), sizes.size()); i++) {
                sum += uses.getOrDefault(chains.get(i), 0) > 1 ? sizes.get(i) : 0;
            }
            shared.put(image.id(), sum);
        }
        return shared;
    }

    private static List<String> chains(Image image) {
        return ChainId.each(image.config().rootfs().diffIds());
    }

    /** When it was made, nanoseconds since 1970; 0 when it doesn't say. */
    static long created(Image image) {
        String created = image.config().created();
        try {
            return created == null ? 0 : Timestamps.parse(created);
        } catch (java.time.DateTimeException | ArithmeticException e) {
            return 0;
        }
    }

    static Map<String, String> labels(Image image) {
        Map<String, String> labels = labelsOrNull(image);
        return labels == null ? Map.of() : labels;
    }

    private static @Nullable Map<String, String> labelsOrNull(Image image) {
        ImageRunConfig config = image.config().config();
        return config == null ? null : config.labels();
    }
}
