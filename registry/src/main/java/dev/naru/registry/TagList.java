package dev.naru.registry;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A page of a repository's tags (distribution-spec, Listing tags). */
@Json
record TagList(@Nullable String name, @Nullable List<String> tags) {}
