package dev.naru.registry;

import dev.naru.oci.Descriptor;
import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Enough of a manifest to tell what it is. */
@Json
record ManifestShape(
        int schemaVersion,
        @Nullable String mediaType,
        @Nullable List<Descriptor> manifests,
        @Nullable List<Descriptor> layers,
        @Nullable Descriptor config) {}
