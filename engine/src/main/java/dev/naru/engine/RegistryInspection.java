package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.oci.Descriptor;
import dev.naru.oci.ImageConfig;
import dev.naru.oci.Platform;
import dev.naru.oci.Reference;
import dev.naru.registry.Credentials;
import dev.naru.registry.ManifestContent;
import dev.naru.registry.Registries;
import dev.naru.registry.Repository;
import dev.naru.wire.DistributionInspect;
import dev.naru.wire.OCIDescriptor;
import dev.naru.wire.OCIPlatform;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a name stands for in its registry. */
final class RegistryInspection {
    private final Registries registries;

    RegistryInspection(Registries registries) {
        this.registries = requireNonNull(registries, "registries");
    }

    DistributionInspect inspect(Reference name, Credentials credentials) {
        Reference reference = name.tagged();
        Repository repository = registries.repository(reference, credentials);
        String wanted = reference.digest() != null ? reference.digest() : String.valueOf(reference.tag());
        ManifestContent content = repository.manifest(wanted);
        Descriptor descriptor = content.descriptor();
        var shown = new OCIDescriptor(
                descriptor.mediaType(), descriptor.digest(), descriptor.size(), null, null, null, null, null);
        return new DistributionInspect(shown, platforms(repository, content));
    }

    private static List<OCIPlatform> platforms(Repository repository, ManifestContent content) {
        if (content.isIndex()) {
            return content.index().manifests().stream()
                    .map(Descriptor::platform)
                    .filter(Objects::nonNull)
                    .map(RegistryInspection::shown)
                    .toList();
        }
        ImageConfig config = repository.imageConfig(content.manifest());
        return List.of(new OCIPlatform(
                config.architecture(), config.os(), config.osVersion(), config.osFeatures(), config.variant()));
    }

    private static OCIPlatform shown(@Nullable Platform platform) {
        Platform known = requireNonNull(platform, "platform");
        return new OCIPlatform(
                known.architecture(), known.os(), known.osVersion(), known.osFeatures(), known.variant());
    }
}
