package dev.naru.registryserver;

import dev.naru.oci.Descriptor;
import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A manifest of a repository, as the metadata keep it.
 *
 * @param references digests of the blobs and manifests that it needs
 * @param subject digest of the manifest that it says something about
 */
@Json
record StoredManifest(
        String digest,
        String mediaType,
        long size,
        List<String> references,
        @Nullable String subject,
        @Nullable String artifactType,
        @Nullable Map<String, String> annotations,
        long pushed) {

    /** As a list of referrers shows it (distribution-spec, Listing Referrers). */
    Descriptor descriptor() {
        return new Descriptor(mediaType, digest, size, null, annotations, artifactType, null);
    }
}
