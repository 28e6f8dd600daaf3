package dev.naru.oci;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is run for a container, by the moment of its life (runtime-spec, config.md, POSIX-platform Hooks). */
@Json
@RecordBuilder
public record Hooks(
        @Nullable List<Hook> prestart,
        @Nullable List<Hook> createRuntime,
        @Nullable List<Hook> createContainer,
        @Nullable List<Hook> startContainer,
        @Nullable List<Hook> poststart,
        @Nullable List<Hook> poststop) {}
