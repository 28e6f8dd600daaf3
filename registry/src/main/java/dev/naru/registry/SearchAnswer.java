package dev.naru.registry;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answer of the old search API. */
@Json
record SearchAnswer(@Nullable List<SearchResult> results) {}
