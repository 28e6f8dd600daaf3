package dev.naru.image;

import dev.naru.oci.Descriptor;
import dev.naru.oci.Index;
import dev.naru.oci.MediaTypes;
import dev.naru.oci.Platform;
import dev.naru.oci.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** The index.json of an image layout (image-spec, image-layout.md), with names as containerd and Docker write them. */
final class LayoutIndex {
    private LayoutIndex() {}

    /**
     * The index of all images. Each name stands there as people write it and in full, so that a tool that reads the
     * directory in place finds the image by either.
     *
     * @param several the index of an image of which more platforms than one are here
     */
    static byte[] of(Catalogue catalogue, Function<StoredImage, Optional<Descriptor>> several) {
        var manifests = new ArrayList<Descriptor>();
        for (StoredImage image : new TreeMap<>(catalogue.images()).values()) {
            Descriptor top = several.apply(image).orElseGet(() -> descriptor(image, Map.of()));
            List<Descriptor> named = catalogue.referencesOf(image.id()).stream()
                    .filter(each -> each.tag() != null)
                    .flatMap(each -> Stream.of(each.familiar(), each.toString())
                            .distinct()
                            .map(name -> named(top, each, name)))
                    .toList();
            manifests.addAll(named.isEmpty() ? List.of(top) : named);
        }
        return write(manifests);
    }

    static byte[] write(List<Descriptor> manifests) {
        return ImageJson.write(new Index(2, MediaTypes.INDEX, null, manifests, null, null));
    }

    /** One descriptor for each name as Docker writes them, or one without a name. */
    static List<Descriptor> descriptors(Descriptor top, List<Reference> references) {
        List<Descriptor> named = references.stream()
                .filter(each -> each.tag() != null)
                .map(each -> named(top, each, String.valueOf(each.tag())))
                .toList();
        return named.isEmpty() ? List.of(top) : named;
    }

    private static Descriptor named(Descriptor top, Reference reference, String name) {
        var annotations = new TreeMap<String, String>();
        annotations.put("io.containerd.image.name", reference.toString());
        annotations.put("org.opencontainers.image.ref.name", name);
        return new Descriptor(top.mediaType(), top.digest(), top.size(), null, annotations, null, top.platform());
    }

    static Descriptor descriptor(StoredImage image, Map<String, String> annotations) {
        String type = image.manifest().mediaType();
        return new Descriptor(
                type == null ? MediaTypes.MANIFEST : type,
                image.manifestDigest(),
                image.manifestSize(),
                null,
                annotations.isEmpty() ? null : new TreeMap<>(annotations),
                null,
                platform(image));
    }

    private static Platform platform(StoredImage image) {
        return new Platform(
                image.config().architecture(),
                image.config().os(),
                null,
                null,
                image.config().variant());
    }
}
