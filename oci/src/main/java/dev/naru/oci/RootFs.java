package dev.naru.oci;

import io.avaje.jsonb.Json;
import java.util.List;

/** The layers of an image by the digests of their tar streams (image-spec, config.md, rootfs). */
@Json
public record RootFs(String type, @Json.Property("diff_ids") List<String> diffIds) {}
