package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The IDResponse object of the Engine API v1.51; an absent field is null. */
@Json
public record IDResponse(@Json.Property("Id") @Nullable String id) {}
