package dev.naru.registryserver;

import dev.naru.error.NaruException;
import dev.naru.oci.Descriptor;
import dev.naru.oci.Digest;
import dev.naru.oci.Index;
import dev.naru.oci.Manifest;
import dev.naru.oci.MediaTypes;
import dev.naru.registry.RegistryJson;
import io.avaje.jsonb.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what a client pushes as a manifest (image-spec, manifest.md and image-index.md). */
final class ManifestReader {
    private static final Set<String> MANIFESTS = Set.of(MediaTypes.MANIFEST, MediaTypes.DOCKER_MANIFEST);
    private static final Set<String> INDEXES = Set.of(MediaTypes.INDEX, MediaTypes.DOCKER_LIST);
    /** Layers that stand elsewhere and are never pushed. */
    private static final String FOREIGN = "foreign";

    private static final String NONDISTRIBUTABLE = "nondistributable";

    private ManifestReader() {}

    /** What tells manifests and indexes apart when the media type is missing. */
    @Json
    record Outline(
            int schemaVersion,
            @Nullable String mediaType,
            @Nullable Descriptor config,
            @Nullable List<Descriptor> manifests) {}

    /** @throws NaruException INVALID */
    static StoredManifest read(byte[] content, Digest digest, @Nullable String contentType) {
        Outline outline = RegistryJson.read(Outline.class, content, "manifest");
        String mediaType = mediaType(outline, contentType);
        if (outline.schemaVersion() != 2) {
            throw NaruException.invalid("manifest of schema version " + outline.schemaVersion() + "; 2 is supported");
        }
        if (INDEXES.contains(mediaType)) {
            return index(content, digest, mediaType);
        }
        if (MANIFESTS.contains(mediaType)) {
            return manifest(content, digest, mediaType);
        }
        throw NaruException.invalid("unsupported media type of a manifest: " + mediaType);
    }

    private static String mediaType(Outline outline, @Nullable String contentType) {
        String header =
                contentType == null ? null : contentType.replaceFirst(";.*", "").strip();
        if (outline.mediaType() != null) {
            if (header != null && !header.equals(outline.mediaType())) {
                throw NaruException.invalid(
                        "the manifest says that it is " + outline.mediaType() + ", Content-Type says " + header);
            }
            return outline.mediaType();
        }
        if (header != null && (MANIFESTS.contains(header) || INDEXES.contains(header))) {
            return header;
        }
        if (header != null) {
            throw NaruException.invalid("unsupported media type of a manifest: " + header);
        }
        return outline.manifests() != null ? MediaTypes.INDEX : MediaTypes.MANIFEST;
    }

    private static StoredManifest manifest(byte[] content, Digest digest, String mediaType) {
        Manifest manifest = RegistryJson.read(Manifest.class, content, "manifest");
        if (manifest.config() == null || manifest.layers() == null) {
            throw NaruException.invalid("a manifest has config and layers");
        }
        List<String> references = new ArrayList<>();
        references.add(checked(manifest.config()));
        manifest.layers().stream()
                .filter(layer -> !layer.mediaType().contains(FOREIGN)
                        && !layer.mediaType().contains(NONDISTRIBUTABLE))
                .forEach(layer -> references.add(checked(layer)));
        String artifactType =
                manifest.artifactType() == null ? manifest.config().mediaType() : manifest.artifactType();
        return stored(
                content.length,
                digest,
                mediaType,
                references,
                manifest.subject(),
                artifactType,
                manifest.annotations());
    }

    private static StoredManifest index(byte[] content, Digest digest, String mediaType) {
        Index index = RegistryJson.read(Index.class, content, "index");
        if (index.manifests() == null) {
            throw NaruException.invalid("an index has manifests");
        }
        List<String> references =
                index.manifests().stream().map(ManifestReader::checked).toList();
        return stored(
                content.length,
                digest,
                mediaType,
                references,
                index.subject(),
                index.artifactType(),
                index.annotations());
    }

    private static StoredManifest stored(
            int size,
            Digest digest,
            String mediaType,
            List<String> references,
            @Nullable Descriptor subject,
            @Nullable String artifactType,
            @Nullable Map<String, String> annotations) {
        return new StoredManifest(
                digest.toString(),
                mediaType,
                size,
                references.stream().distinct().toList(),
                subject == null ? null : checked(subject),
                artifactType,
                annotations,
                System.currentTimeMillis());
    }

    private static String checked(Descriptor descriptor) {
        if (descriptor.mediaType() == null || descriptor.mediaType().isEmpty() || descriptor.size() < 0) {
            throw NaruException.invalid("a descriptor has media type, digest and size");
        }
        return Digest.parse(descriptor.digest()).toString();
    }
}
