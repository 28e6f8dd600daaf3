package dev.naru.oci;

import io.avaje.jsonb.Json;

/** The oci-layout file (image-spec, image-layout.md). */
@Json
public record ImageLayout(String imageLayoutVersion) {}
