package dev.naru.oci;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** An allowance or refusal of device access; type a, c or b; access of r, w, m (runtime-spec, config-linux.md, Allowed device list). */
@Json
public record DeviceRule(
        boolean allow,
        @Nullable String type,
        @Nullable Long major,
        @Nullable Long minor,
        @Nullable String access) {}
