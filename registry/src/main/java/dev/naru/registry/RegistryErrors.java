package dev.naru.registry;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The body of an answer that is an error; older servers have {@code details} in place of the list. */
@Json
record RegistryErrors(
        @Nullable List<RegistryError> errors,
        @Nullable String details,
        @Nullable String message) {}
