package dev.naru.oci;

import io.avaje.jsonb.Json;

/** A limit of huge pages in bytes (runtime-spec, config-linux.md, Huge page limits). */
@Json
public record HugepageLimit(String pageSize, long limit) {}
