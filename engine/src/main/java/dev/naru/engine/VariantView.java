package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.image.Image;
import dev.naru.image.ImageVariant;
import dev.naru.image.Images;
import dev.naru.oci.Descriptor;
import dev.naru.oci.Platform;
import dev.naru.wire.ImageManifestSummary;
import dev.naru.wire.ImageManifestSummaryAttestationData;
import dev.naru.wire.ImageManifestSummaryBuilder;
import dev.naru.wire.ImageManifestSummaryImageData;
import dev.naru.wire.ImageManifestSummaryImageDataSize;
import dev.naru.wire.ImageManifestSummarySize;
import dev.naru.wire.OCIDescriptor;
import dev.naru.wire.OCIDescriptorBuilder;
import dev.naru.wire.OCIPlatform;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The platforms of images as the API shows them. */
final class VariantView {
    private final Images images;
    private final ContainerRegistry containers;

    VariantView(Images images, ContainerRegistry containers) {
        this.images = requireNonNull(images, "images");
        this.containers = requireNonNull(containers, "containers");
    }

    List<ImageManifestSummary> of(Image image) {
        return images.variants(image).stream().map(this::view).toList();
    }

    /** What the image's names stand for here. */
    OCIDescriptor descriptor(Image image) {
        String type = image.manifest().mediaType();
        return OCIDescriptorBuilder.builder()
                .mediaType(type == null ? dev.naru.oci.MediaTypes.MANIFEST : type)
                .digest(image.manifestDigest())
                .platform(new OCIPlatform(
                        image.config().architecture(),
                        image.config().os(),
                        null,
                        null,
                        image.config().variant()))
                .build();
    }

    private ImageManifestSummary view(ImageVariant variant) {
        Descriptor descriptor = variant.descriptor();
        var summary = ImageManifestSummaryBuilder.builder()
                .id(descriptor.digest())
                .descriptor(OCIDescriptorBuilder.builder()
                        .mediaType(descriptor.mediaType())
                        .digest(descriptor.digest())
                        .size(descriptor.size())
                        .annotations(descriptor.annotations())
                        .platform(platform(descriptor.platform()))
                        .build())
                .available(variant.available())
                .size(new ImageManifestSummarySize(variant.content() + variant.unpacked(), variant.content()))
                .kind(variant.kind().name().toLowerCase(Locale.ROOT));
        switch (variant.kind()) {
            case IMAGE ->
                summary.imageData(new ImageManifestSummaryImageData(
                        platform(variant.platform()),
                        users(variant.image()),
                        new ImageManifestSummaryImageDataSize(variant.unpacked())));
            case ATTESTATION -> summary.attestationData(new ImageManifestSummaryAttestationData(variant.attests()));
            case UNKNOWN -> {}
        }
        return summary.build();
    }

    private List<String> users(@Nullable String image) {
        return containers.all().stream()
                .filter(each -> each.record().imageId().equals(image))
                .map(Container::id)
                .toList();
    }

    private static @Nullable OCIPlatform platform(@Nullable Platform platform) {
        return platform == null
                ? null
                : new OCIPlatform(
                        platform.architecture(),
                        platform.os(),
                        platform.osVersion(),
                        platform.osFeatures(),
                        platform.variant());
    }
}
