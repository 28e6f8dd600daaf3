package dev.naru.oci;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The five capability sets, by name (CAP_CHOWN) (runtime-spec, config.md, Linux process). */
@Json
public record Capabilities(
        @Nullable List<String> bounding,
        @Nullable List<String> effective,
        @Nullable List<String> inheritable,
        @Nullable List<String> permitted,
        @Nullable List<String> ambient) {}
