package dev.naru.image;

import dev.naru.oci.Descriptor;
import dev.naru.oci.DescriptorBuilder;
import dev.naru.oci.Manifest;
import dev.naru.oci.MediaTypes;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Manifests in the words of Docker's image manifest version 2, schema 2, which dockerd pushes and some registries and
 * clients know alone.
 */
final class DockerManifest {
    private static final Map<String, String> LAYERS = Map.of(
            MediaTypes.LAYER, MediaTypes.DOCKER_LAYER,
            MediaTypes.LAYER_GZIP, MediaTypes.DOCKER_LAYER_GZIP,
            MediaTypes.DOCKER_LAYER, MediaTypes.DOCKER_LAYER,
            MediaTypes.DOCKER_LAYER_GZIP, MediaTypes.DOCKER_LAYER_GZIP);

    private DockerManifest() {}

    /** The same manifest so; empty when it says what schema 2 has no words for: zstd, annotations, a subject. */
    static Optional<Manifest> of(Manifest manifest) {
        Descriptor config = manifest.config();
        boolean image = config.mediaType().equals(MediaTypes.CONFIG)
                || config.mediaType().equals(MediaTypes.DOCKER_CONFIG);
        boolean more = manifest.artifactType() != null || manifest.subject() != null || manifest.annotations() != null;
        boolean known = manifest.layers().stream()
                .allMatch(layer -> LAYERS.containsKey(layer.mediaType()) && layer.annotations() == null);
        if (!image || more || !known) {
            return Optional.empty();
        }
        List<Descriptor> layers = manifest.layers().stream()
                .map(layer -> typed(layer, LAYERS.getOrDefault(layer.mediaType(), MediaTypes.DOCKER_LAYER)))
                .toList();
        return Optional.of(new Manifest(
                2, MediaTypes.DOCKER_MANIFEST, null, typed(config, MediaTypes.DOCKER_CONFIG), layers, null, null));
    }

    private static Descriptor typed(Descriptor descriptor, String type) {
        return DescriptorBuilder.builder(descriptor).mediaType(type).build();
    }
}
