package dev.naru.image;

import dev.naru.oci.Descriptor;
import dev.naru.oci.Index;
import dev.naru.oci.MediaTypes;
import dev.naru.oci.Platform;
import dev.naru.oci.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The index.json of an image layout (image-spec, image-layout.md), with names as containerd and Docker write them. */
final class LayoutIndex {
    private LayoutIndex() {}

    /** The index of all images. */
    static byte[] of(Catalogue catalogue) {
        var manifests = new ArrayList<Descriptor>();
        for (StoredImage image : new TreeMap<>(catalogue.images()).values()) {
            manifests.addAll(descriptors(image, catalogue.referencesOf(image.id())));
        }
        return write(manifests);
    }

    static byte[] write(List<Descriptor> manifests) {
        return ImageJson.write(new Index(2, MediaTypes.INDEX, null, manifests, null, null));
    }

    /** One descriptor for each name, or one without a name. */
    static List<Descriptor> descriptors(StoredImage image, List<Reference> references) {
        List<Descriptor> named = references.stream()
                .filter(each -> each.tag() != null)
                .map(each -> descriptor(
                        image,
                        Map.of(
                                "io.containerd.image.name",
                                each.toString(),
                                "org.opencontainers.image.ref.name",
                                String.valueOf(each.tag()))))
                .toList();
        return named.isEmpty() ? List.of(descriptor(image, Map.of())) : named;
    }

    private static Descriptor descriptor(StoredImage image, Map<String, String> annotations) {
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
